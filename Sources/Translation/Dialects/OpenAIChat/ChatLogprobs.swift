import JSON

/// The `logprobs` of a choice.
enum ChatLogprobs {
    static func write(_ tokens: [TokenLogprobs.Token], into writer: inout JSONWriter) {
        guard !tokens.isEmpty else { return writer.tokens(#""logprobs":null"#) }
        writer.name("logprobs")
        writer.beginObject()
        writer.name("content")
        writer.beginArray()
        for token in tokens {
            writer.beginObject()
            writeMembers(token.chosen, into: &writer)
            writer.name("top_logprobs")
            writer.beginArray()
            for candidate in token.top {
                writer.beginObject()
                writeMembers(candidate, into: &writer)
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.name("refusal")
        writer.null()
        writer.endObject()
    }

    private static func writeMembers(_ candidate: TokenLogprobs.Candidate, into writer: inout JSONWriter) {
        writer.field("token", candidate.token)
        writer.name("logprob")
        writer.number(text: candidate.logprob)
        writer.name("bytes")
        writer.beginArray()
        for byte in candidate.token.decoded.utf8 { writer.int(Int(byte)) }
        writer.endArray()
    }
}
