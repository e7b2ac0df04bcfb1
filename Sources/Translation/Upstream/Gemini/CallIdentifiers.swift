/// Identifiers of the calls in a history as the upstream gets them: the client's own where possible.
///
/// No identifier twice in one content; for Claude no identifier twice at all, and only `[A-Za-z0-9_-]`.
struct CallIdentifiers {
    static let lengthMax = 64
    /// Room for the number that tells equal identifiers apart.
    private static let copyRoom = 8

    private let isStrict: Bool
    /// The first identifier. Most contents have no other, and need no table.
    private var first: String?
    /// All of them, from the second on.
    private var used: Set<String> = []
    /// Last number given to a copy of an identifier.
    private var copies: [String: Int] = [:]

    init(isStrict: Bool) { self.isStrict = isStrict }

    /// The next calls stand in another content.
    mutating func beginContent() {
        guard !isStrict else { return }
        first = nil
        guard !used.isEmpty else { return }
        used.removeAll(keepingCapacity: true)
        copies.removeAll(keepingCapacity: true)
    }

    /// - Parameters:
    ///   - content: number of contents before this one; names a call that has no identifier.
    ///   - index: place of the call in its content.
    mutating func sent(for clientID: String, content: Int, index: Int) -> String {
        let wished = clientID.isEmpty ? "call_\(content)_\(index)" : clientID
        let base = isStrict ? Self.sanitized(wished) : wished
        if take(base) { return base }
        var copy = copies[base, default: 1]
        var candidate: String
        repeat {
            copy += 1
            candidate = "\(base.prefix(Self.lengthMax - Self.copyRoom))_\(copy)"
        } while !take(candidate)
        copies[base] = copy
        return candidate
    }

    /// - Returns: false for one that was taken before.
    private mutating func take(_ id: String) -> Bool {
        guard let first else {
            first = id
            return true
        }
        if used.isEmpty { used.insert(first) }
        return used.insert(id).inserted
    }

    private static func sanitized(_ id: String) -> String {
        String(
            id.prefix(lengthMax).map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") ? $0 : "_" }
        )
    }
}
