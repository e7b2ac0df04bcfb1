import HTTP
import JSON

/// The `text_completion` object: the form of whole answers and of chunks alike.
struct CompletionObject: Sendable {
    /// `{"id":...,"object":...,"created":...,"model":...`.
    private let head: [UInt8]

    init(_ context: AnswerContext) {
        var writer = JSONWriter(reserving: 192)
        writer.beginObject()
        writer.field("id", context.id)
        writer.field("object", literal: "text_completion")
        writer.field("created", context.created)
        writer.field("model", context.clientModel)
        head = writer.bytes
    }

    static func write(_ text: JSONString, index: Int, finish: StaticString?, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("text", text)
        writer.field("index", index)
        writer.name("logprobs")
        writer.null()
        writer.name("finish_reason")
        if let finish { writer.string(finish) } else { writer.null() }
        writer.endObject()
    }

    static func write(_ usage: TokenUsage, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("prompt_tokens", usage.prompt)
        writer.field("completion_tokens", usage.output)
        writer.field("total_tokens", usage.total)
        writer.name("prompt_tokens_details")
        writer.beginObject()
        writer.field("cached_tokens", usage.cached)
        writer.endObject()
        writer.name("completion_tokens_details")
        writer.beginObject()
        writer.field("reasoning_tokens", usage.reasoning)
        writer.endObject()
        writer.endObject()
    }

    /// One whole object with what `members` writes behind what all share.
    func append(to bytes: inout [UInt8], _ members: (inout JSONWriter) -> Void) {
        bytes.append(contentsOf: head)
        bytes.append(UInt8(ascii: ","))
        JSONWriter.append(to: &bytes) { members(&$0) }
        bytes.append(UInt8(ascii: "}"))
    }
}
