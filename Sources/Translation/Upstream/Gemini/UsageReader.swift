import JSON

/// Settles `usageMetadata`. Members that are zero are left out upstream, and whether thoughts are counted inside the
/// candidates differs between models: the total tells.
enum UsageReader {
    /// Counts above this are nonsense and are cut, so that sums cannot overflow.
    private static let countMax = 1 << 40

    static func read(_ node: JSONView) -> TokenUsage {
        var prompt = 0
        var candidates = 0
        var thoughts = 0
        var tools = 0
        var total = 0
        var fromCache = 0
        var promptMedia = 0
        for (name, value) in node.members {
            switch name {
            case "promptTokenCount", "prompt_token_count": prompt = count(value)
            case "candidatesTokenCount", "candidates_token_count": candidates = count(value)
            case "totalTokenCount", "total_token_count": total = count(value)
            case "thoughtsTokenCount", "thoughts_token_count": thoughts = count(value)
            case "cachedContentTokenCount", "cached_content_token_count": fromCache = count(value)
            case "toolUsePromptTokenCount", "tool_use_prompt_token_count": tools = count(value)
            case "promptTokensDetails", "prompt_tokens_details": promptMedia = media(value)
            default: break
            }
        }
        let output: Int
        if total == 0 || prompt + candidates + thoughts + tools == total || prompt + candidates + thoughts == total {
            output = candidates + thoughts
        } else if prompt + candidates == total || prompt + candidates + tools == total {
            output = candidates
        } else {
            output = max(candidates, total - prompt - tools)
        }
        var usage = TokenUsage(
            prompt: prompt, cached: min(fromCache, prompt), output: output, reasoning: min(thoughts, output))
        usage.promptMedia = min(promptMedia, prompt)
        return usage
    }

    private static func count(_ value: JSONView) -> Int { min(max(value.int ?? 0, 0), countMax) }

    /// `[{"modality":"IMAGE","tokenCount":258}, ...]`: all that is no text.
    private static func media(_ details: JSONView) -> Int {
        var sum = 0
        for detail in details.elements {
            var isMedia = false
            var tokens = 0
            for (name, value) in detail.members {
                switch name {
                case "modality": isMedia = !("TEXT" ~= value)
                case "tokenCount", "token_count": tokens = count(value)
                default: break
                }
            }
            if isMedia { sum = min(sum + tokens, countMax) }
        }
        return sum
    }
}
