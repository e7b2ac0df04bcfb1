/// Identifiers of the calls in a history as the upstream gets them: the client's own where possible.
struct CallIdentifiers {
    static let lengthMax = 64

    /// Claude wants `[A-Za-z0-9_-]` and no identifier twice; Gemini takes what it is given.
    private let isStrict: Bool
    private var used: Set<String> = []

    init(isStrict: Bool) { self.isStrict = isStrict }

    /// - Parameters:
    ///   - content: number of contents before this one; names a call that has no identifier.
    ///   - index: place of the call in its content.
    mutating func sent(for clientID: String, content: Int, index: Int) -> String {
        let wished = clientID.isEmpty ? "call_\(content)_\(index)" : clientID
        guard isStrict else { return wished }
        let base = String(Self.sanitized(wished))
        var candidate = base
        var copy = 2
        while !used.insert(candidate).inserted {
            candidate = "\(base.prefix(Self.lengthMax - 8))_\(copy)"
            copy += 1
        }
        return candidate
    }

    private static func sanitized(_ id: String) -> Substring {
        String(id.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") ? $0 : "_" })
            .prefix(lengthMax)
    }
}
