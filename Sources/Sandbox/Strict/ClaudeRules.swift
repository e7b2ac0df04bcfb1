import GoogleAPI
import JSON

nonisolated extension StrictRules {
    /// Rules for Claude models (Anthropic, "Extended thinking", and what its backend behind Code Assist was seen to refuse).
    static let claude: [StrictRule] = [
        claudeRule("claude-skip-word", "the skip word is Gemini's alone") { call in
            guard let part = call.signedParts.first(where: { SkipWord.all.contains($0.signature ?? "") }) else {
                return nil
            }
            return .init("\(part.path).thought_signature", "Invalid `signature` in `thinking` block")
        },
        claudeRule("claude-call-signature", "signatures stand on thought parts, never on calls or text") { call in
            guard let part = call.signedParts.first(where: { !$0.isThought }) else { return nil }
            return .init(
                "\(part.path).thought_signature", "Invalid `signature` in `thinking` block: it stands on another part.")
        },
        claudeRule("claude-thought-unsigned", "a thought part is signed") { call in
            guard let part = call.parts.first(where: { $0.isThought && $0.signature == nil }) else { return nil }
            return .init(part.path, "thinking.signature: Field required")
        },
        claudeRule("claude-signature", "a thought's signature is Claude's, encoded once more, and fits the thought") {
            call in
            for part in call.parts where part.isThought {
                guard let signature = part.signature, ClaudeSignature.fits(signature, thought: part.text ?? "") else {
                    return .init("\(part.path).thought_signature", "Invalid `signature` in `thinking` block")
                }
            }
            return nil
        },
        claudeRule("claude-empty-text", "text is not empty and not only blanks") { call in
            for part in call.allParts where part.payload == .text && !(part.isThought && part.signature != nil) {
                if part.text?.allSatisfy(\.isWhitespace) ?? true {
                    return .init(part.path, "messages: text content blocks must be non-empty")
                }
            }
            return nil
        },
        claudeRule(
            "claude-thinking-first", "with thinking on, a model content before tool results starts with a thought"
        ) { call in
            guard call.isThinkingOn else { return nil }
            for index in call.currentTurnStart..<max(call.currentTurnStart, call.contents.count) {
                let content = call.contents[index]
                guard content.isModel, !content.calls.isEmpty, let first = content.parts.first, !first.isThought
                else { continue }
                let found = first.isCall ? "tool_use" : "text"
                return .init(first.path, "Expected `thinking` or `redacted_thinking`, but found `\(found)`.")
            }
            return nil
        },
        claudeRule("claude-thinking-sampling", "with thinking on, temperature is 1 and topK absent") { call in
            guard call.isThinkingOn else { return nil }
            if let temperature = call.configNumber("temperature", "temperature"), temperature != 1 {
                return .init(
                    "request.generation_config.temperature",
                    "`temperature` may only be set to 1 when thinking is enabled.")
            }
            if call.config?.field("topK", "top_k") != nil {
                return .init("request.generation_config.top_k", "`top_k` must be unset when thinking is enabled.")
            }
            if let topP = call.configNumber("topP", "top_p"), topP < 0.95 {
                return .init(
                    "request.generation_config.top_p",
                    "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.")
            }
            return nil
        },
        claudeRule("claude-sampling", "temperature or topP, not both") { call in
            let both = call.config?.field("temperature") != nil && call.config?.field("topP", "top_p") != nil
            return both
                ? .init(
                    "request.generation_config",
                    "`temperature` and `top_p` cannot both be specified for this model. Please use only one.") : nil
        },
        claudeRule("claude-forced-tool", "with thinking on, no call is forced") { call in
            call.isThinkingOn && call.toolMode == "ANY"
                ? .init("request.tool_config", "Thinking may not be enabled when tool_choice forces tool use.") : nil
        },
    ]

    private static func claudeRule(
        _ name: String, _ summary: String, _ find: @escaping @Sendable (UpstreamCall) -> StrictRule.Finding?
    ) -> StrictRule {
        StrictRule(name, "Claude: " + summary) { call in call.isClaude ? find(call) : nil }
    }
}
