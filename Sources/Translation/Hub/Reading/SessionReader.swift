import JSON

/// Reads the members of a body that name its conversation, in order of precedence.
enum SessionReader {
    static func read(_ body: JSONNode) -> SessionHints {
        var hints = SessionHints()
        func add(_ source: String, _ node: JSONNode?) {
            if let value = node?.string { hints.explicit.append(.init(source: source, value: value)) }
        }
        add("session_id", body.given("session_id") ?? body.given("sessionId"))
        add("prompt_cache_key", body.given("prompt_cache_key"))
        let conversation = body.given("conversation")
        add("conversation", conversation?.given("id") ?? conversation ?? body.given("conversation_id"))
        return hints
    }
}
