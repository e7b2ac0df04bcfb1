import JSON

/// Which API the body of a Cursor request is written for: told by the body alone, since one path gets all three.
enum CursorPayloadKind: String, Sendable, CaseIterable {
    case openAIChat = "openai_chat"
    case anthropicLike = "anthropic_like"
    case responsesLike = "responses_like"

    private static let anthropicMembers: [StaticString] = ["system", "thinking", "output_config", "top_k"]
    private static let anthropicBlocks: Set<String> = [
        "tool_use", "tool_result", "thinking", "redacted_thinking", "server_tool_use", "web_search_tool_result",
        "document",
    ]

    init(of body: JSONNode) {
        if body.given("messages") == nil, body.given("input") != nil || body.given("instructions") != nil {
            self = .responsesLike
        } else if Self.anthropicMembers.contains(where: { body.given($0) != nil }) || Self.hasAnthropicTool(body)
            || Self.hasAnthropicBlock(body)
        {
            self = .anthropicLike
        } else {
            self = .openAIChat
        }
    }

    private static func hasAnthropicTool(_ body: JSONNode) -> Bool {
        guard let tools = body.given("tools"), tools.kind == .array else { return false }
        return tools.elements.contains { $0.given("input_schema") != nil }
    }

    private static func hasAnthropicBlock(_ body: JSONNode) -> Bool {
        guard let messages = body.given("messages"), messages.kind == .array else { return false }
        return messages.elements.contains { message in
            guard let content = message["content"], content.kind == .array else { return false }
            return content.elements.contains { $0.word("type").map(anthropicBlocks.contains) ?? false }
        }
    }
}
