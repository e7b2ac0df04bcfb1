import HTTP

/// Which web pages of other origins may use `/api/*`: by default none, since the console comes from the gateway itself.
/// The fields are those of the Fetch standard, section "CORS protocol"; no page is allowed credentials of the browser, the
/// token travels in a header.
nonisolated struct ForeignPages {
    /// Exactly as browsers send them.
    let origins: [String]

    private static let methods = "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"
    /// Seconds a browser may remember the answer to a preflight.
    private static let rememberedSeconds = "3600"

    /// The answer to a browser that asks on behalf of a listed page whether a request may be sent; nil for any other request.
    /// Such a question never carries the token, and the answer does not tell which paths exist.
    func preflight(_ head: HTTPRequestHead) -> AdminAnswer? {
        guard head.method == .options, head.fields.contains("access-control-request-method"), listed(head) != nil else {
            return nil
        }
        var fields: [(name: StaticString, value: String)] = [
            ("Allow", Self.methods), ("Access-Control-Allow-Methods", Self.methods),
            ("Access-Control-Max-Age", Self.rememberedSeconds),
        ]
        if let wanted = head.fields["access-control-request-headers"] {
            fields.append(("Access-Control-Allow-Headers", wanted))
        }
        return AdminAnswer(status: 204, body: [], fields: fields)
    }

    /// What every answer below `/api` carries: a listed page may read it, and a cache keeps the answers to pages apart.
    func fields(for head: HTTPRequestHead) -> [(name: StaticString, value: String)] {
        guard !origins.isEmpty, head.path.hasPrefix("/api/") else { return [] }
        var fields: [(name: StaticString, value: String)] = []
        if let origin = listed(head) { fields.append(("Access-Control-Allow-Origin", origin)) }
        fields.append(("Vary", "Origin"))
        return fields
    }

    /// The origin of the request, if it is listed and the path is one of the admin API.
    private func listed(_ head: HTTPRequestHead) -> String? {
        guard head.path.hasPrefix("/api/"), let origin = head.fields["origin"] else { return nil }
        return origins.contains(origin) ? origin : nil
    }
}
