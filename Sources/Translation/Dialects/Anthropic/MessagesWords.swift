/// The dialect's words for the ends of an answer.
enum MessagesWords {
    static func stopReason(_ reason: FinishReason?, calledTools: Bool) -> StaticString {
        if calledTools { return "tool_use" }
        switch reason {
        case .outputLimit: return "max_tokens"
        case .contentBlocked, .promptBlocked: return "refusal"
        default: return "end_turn"
        }
    }
}
