import JSON

/// Settles `usageMetadata`. Members that are zero are left out upstream, and whether thoughts are counted inside the
/// candidates differs between models: the total tells.
enum UsageReader {
    /// Counts above this are nonsense and are cut, so that sums cannot overflow.
    private static let countMax = 1 << 40

    static func read(_ node: JSONNode) -> TokenUsage {
        func count(_ name: StaticString, _ other: StaticString) -> Int {
            min(max((node[name] ?? node[other])?.int ?? 0, 0), countMax)
        }
        let prompt = count("promptTokenCount", "prompt_token_count")
        let candidates = count("candidatesTokenCount", "candidates_token_count")
        let thoughts = count("thoughtsTokenCount", "thoughts_token_count")
        let tools = count("toolUsePromptTokenCount", "tool_use_prompt_token_count")
        let total = count("totalTokenCount", "total_token_count")
        let output: Int
        if total == 0 || prompt + candidates + thoughts + tools == total || prompt + candidates + thoughts == total {
            output = candidates + thoughts
        } else if prompt + candidates == total || prompt + candidates + tools == total {
            output = candidates
        } else {
            output = max(candidates, total - prompt - tools)
        }
        let cached = min(count("cachedContentTokenCount", "cached_content_token_count"), prompt)
        var usage = TokenUsage(prompt: prompt, cached: cached, output: output, reasoning: min(thoughts, output))
        usage.promptMedia = min(media(node["promptTokensDetails"] ?? node["prompt_tokens_details"]), prompt)
        return usage
    }

    /// `[{"modality":"IMAGE","tokenCount":258}, ...]`: all that is no text.
    private static func media(_ details: JSONNode?) -> Int {
        guard let details else { return 0 }
        return details.elements.reduce(0) { sum, detail in
            guard let modality = detail["modality"], !modality.equals("TEXT") else { return sum }
            return min(sum + max(0, min((detail["tokenCount"] ?? detail["token_count"])?.int ?? 0, countMax)), countMax)
        }
    }
}
