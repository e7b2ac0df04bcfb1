import JSON

extension TokenUsage {
    /// Members of a `usage` object: what was read from the cache is not part of the input here, and thinking is part of the
    /// output.
    func writeMessages(into writer: inout JSONWriter) {
        writer.field("input_tokens", prompt - cached)
        writer.field("cache_creation_input_tokens", 0)
        writer.field("cache_read_input_tokens", cached)
        writer.field("output_tokens", output)
    }

    /// Members that stand there only when there is something to say.
    ///
    /// - Parameter searches: web searches made for the answer.
    func writeMessagesDetails(searches: Int, into writer: inout JSONWriter) {
        if searches > 0 {
            writer.name("server_tool_use")
            writer.beginObject()
            writer.field("web_search_requests", searches)
            writer.endObject()
        }
        if reasoning > 0 {
            writer.name("output_tokens_details")
            writer.beginObject()
            writer.field("thinking_tokens", reasoning)
            writer.endObject()
        }
    }
}
