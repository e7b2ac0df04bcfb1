import JSON

extension TokenUsage {
    /// The `usage` object. Both detail objects always stand there, since clients read them without asking.
    func writeChat(into writer: inout JSONWriter) {
        writer.tokens(#"{"prompt_tokens":"#)
        writer.int(prompt)
        writer.tokens(#""completion_tokens":"#)
        writer.int(output)
        writer.tokens(#""total_tokens":"#)
        writer.int(total)
        writer.tokens(#""prompt_tokens_details":{"cached_tokens":"#)
        writer.int(cached)
        writer.tokens(#"},"completion_tokens_details":{"reasoning_tokens":"#)
        writer.int(reasoning)
        writer.tokens("}}")
    }
}
