import JSON

/// Reads the members of a body that name its conversation, in order of precedence.
enum SessionReader {
    static func read(_ body: JSONNode) -> SessionHints {
        var hints = SessionHints()
        func add(_ source: String, _ node: JSONNode?) {
            if let value = node?.string { hints.explicit.append(.init(source: source, value: value)) }
        }
        if let user = body.given("metadata")?.word("user_id"), let session = session(inUser: user) {
            hints.explicit.append(.init(source: "user_id", value: session))
        }
        add("session_id", body.given("session_id") ?? body.given("sessionId"))
        add("prompt_cache_key", body.given("prompt_cache_key"))
        let conversation = body.given("conversation")
        add("conversation", conversation?.given("id") ?? conversation ?? body.given("conversation_id"))
        return hints
    }

    private static let marker = "_session_"

    /// The conversation that Claude Code writes into `metadata.user_id`: `session_id` of a JSON object, or what stands behind
    /// `_session_` at the end. Any other text names a user and no conversation.
    static func session(inUser text: String) -> String? {
        if text.utf8.first == UInt8(ascii: "{") {
            // A text that is no JSON names no conversation.
            return (try? JSONDocument(parsing: Array(text.utf8)))?.root["session_id"]?.string
        }
        // What follows the marker holds no underscore, so the marker is the last thing that ends in one.
        guard let end = text.lastIndex(of: "_"), text[...end].hasSuffix(marker) else { return nil }
        let value = text[text.index(after: end)...]
        let isSession = value.utf8.allSatisfy { $0 == UInt8(ascii: "-") || isHexDigit($0) }
        return value.isEmpty || !isSession ? nil : String(value)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}
