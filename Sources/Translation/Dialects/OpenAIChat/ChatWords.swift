/// The dialect's words for the ends of an answer.
enum ChatWords {
    static func finishReason(_ reason: FinishReason?, calledTools: Bool, isLegacy: Bool) -> StaticString {
        if calledTools { return isLegacy ? "function_call" : "tool_calls" }
        switch reason {
        case .outputLimit: return "length"
        case .contentBlocked, .promptBlocked: return "content_filter"
        default: return "stop"
        }
    }

    /// `refusal` of an answer whose prompt was blocked.
    static let promptRefusal = "The prompt was blocked by the upstream's content filter."
}
