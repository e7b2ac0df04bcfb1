import JSON

/// One event of a streamed answer, 343 bytes, and its way into a chunk for the client.
enum StreamChunk {
    static let text = Array(
        (#"{"response":{"candidates":[{"content":{"role":"model","parts":[{"text":"The parser reads the bytes once, \"left\" to right,\n"#
            + #"and leaves "}]},"index":0}],"usageMetadata":{"promptTokenCount":1204,"candidatesTokenCount":37,"totalTokenCount":1241,"#
            + #""thoughtsTokenCount":96},"modelVersion":"gemini-3-pro","responseId":"b7Qkaf3SCY"},"traceId":"4f1c09e2a7b35d86"}"#)
            .utf8)

    static let delta = JSONString("The parser reads the bytes once, \"left\" to right,\nand leaves ")

    static func translate(_ chunk: [UInt8], into output: inout [UInt8]) throws {
        let document = try JSONDocument(parsing: chunk)
        guard let response = document.root["response"], let candidates = response["candidates"] else { return }
        for candidate in candidates.elements {
            guard let parts = candidate["content"]?["parts"] else { continue }
            for part in parts.elements { if let text = part["text"]?.text { write(text, into: &output) } }
        }
    }

    /// A chunk as the OpenAI dialect writes it.
    static func write(_ delta: JSONString, into output: inout [UInt8]) {
        JSONWriter.append(to: &output) { writer in
            writer.beginObject()
            writer.field("id", literal: "chatcmpl-0123456789abcdef")
            writer.field("object", literal: "chat.completion.chunk")
            writer.field("created", 1_790_000_000)
            writer.field("model", literal: "gemini-3-pro")
            writer.name("choices")
            writer.beginArray()
            writer.beginObject()
            writer.field("index", 0)
            writer.name("delta")
            writer.beginObject()
            writer.field("content", delta)
            writer.endObject()
            writer.name("finish_reason")
            writer.null()
            writer.endObject()
            writer.endArray()
            writer.endObject()
        }
    }
}
