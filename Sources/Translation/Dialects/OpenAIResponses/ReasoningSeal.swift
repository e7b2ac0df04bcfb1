import JSON

/// `encrypted_content` of a reasoning item: a thought signature with a mark, so that what other servers sealed is told apart
/// when a client moves its history here.
enum ReasoningSeal {
    private static let mark = Array("g1:".utf8)

    static func sealed(_ signature: JSONString) -> JSONString { JSONString(escaped: mark + signature.escaped) }

    /// Nil unless this gateway sealed it.
    static func signature(in node: JSONNode) -> JSONString? {
        guard let text = node.text, text.escaped.starts(with: mark), text.escapedCount > mark.count else { return nil }
        return JSONString(escaped: Array(text.escaped.dropFirst(mark.count)))
    }
}
