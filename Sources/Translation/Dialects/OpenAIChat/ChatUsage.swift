import JSON

extension TokenUsage {
    /// The `usage` object. Both detail objects always stand there, since clients read them without asking.
    func writeChat(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("prompt_tokens", prompt)
        writer.field("completion_tokens", output)
        writer.field("total_tokens", total)
        writer.name("prompt_tokens_details")
        writer.beginObject()
        writer.field("cached_tokens", cached)
        writer.endObject()
        writer.name("completion_tokens_details")
        writer.beginObject()
        writer.field("reasoning_tokens", reasoning)
        writer.endObject()
        writer.endObject()
    }
}
