/// Where a request may carry its secret: more places than one, and any of them may match.
public enum CredentialPlace: Sendable, Equatable {
    /// - geminiPath: paths of the Gemini dialect also take the query item `key`.
    case ai(geminiPath: Bool)
    case admin
}

/// Every secret the request presents at a place where one may stand, in the order Authorization, `x-api-key`,
/// `x-goog-api-key`, then `x-admin-token` or the query.
///
/// `Authorization` counts with the scheme Bearer in any case of letters, and as a bare value without a scheme.
public func presentedCredentials(in head: HTTPRequestHead, for place: CredentialPlace) -> [String] {
    var found = head.fields.all("authorization").map(withoutBearer)
    found += head.fields.all("x-api-key")
    found += head.fields.all("x-goog-api-key")
    switch place {
    case .admin: found += head.fields.all("x-admin-token")
    case .ai(geminiPath: true): found += head.queryItems.lazy.filter { $0.name == "key" }.map(\.value)
    case .ai(geminiPath: false): break
    }
    return found.filter { !$0.isEmpty }
}

private func withoutBearer(_ value: String) -> String {
    let bytes = value.utf8
    guard bytes.count > 7, bytes.dropFirst(6).first == ASCII.space,
        zip(bytes, "bearer".utf8).allSatisfy({ ASCII.lowercased($0) == $1 })
    else { return value }
    return String(value.dropFirst(7).drop { $0 == " " })
}
