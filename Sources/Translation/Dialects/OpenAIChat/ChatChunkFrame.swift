import HTTP
import JSON

/// What all chunks of one stream have in common, prebuilt as bytes: everything before and after the delta.
struct ChatChunkFrame: Sendable {
    enum Delta {
        case content
        case reasoning
    }

    /// `data: {"id":...,"object":...,"created":...,"model":...,"system_fingerprint":null`.
    private let head: [UInt8]
    private let includesUsage: Bool

    // From the head to the text of choice 0, and from behind the text to the blank line: the same for all streams.
    private static let contentStart = Array((choiceStart + #"content":""#).utf8)
    private static let reasoningStart = Array((choiceStart + #"reasoning_content":""#).utf8)
    private static let textEnd = Array((#""},"# + choiceTail + usageTail(false)).utf8)
    private static let textEndWithUsage = Array((#""},"# + choiceTail + usageTail(true)).utf8)

    init(_ context: AnswerContext) {
        var writer = JSONWriter(reserving: 256)
        writer.beginObject()
        writer.field("id", context.id)
        writer.field("object", literal: "chat.completion.chunk")
        writer.field("created", context.created)
        writer.field("model", context.clientModel)
        writer.name("system_fingerprint")
        writer.null()
        head = Array("data: ".utf8) + writer.bytes
        includesUsage = context.includesUsage
    }

    private static let choiceStart = #","choices":[{"index":0,"delta":{""#
    private static let choiceTail = #""logprobs":null,"finish_reason":null}]"#

    private static func usageTail(_ includesUsage: Bool) -> String {
        includesUsage ? ",\"usage\":null}\n\n" : "}\n\n"
    }

    /// A text delta: four copies.
    func append(_ text: JSONString, as kind: Delta, _ choice: Int, to bytes: inout [UInt8]) {
        guard choice == 0 else {
            return append(choice, to: &bytes) { writer in
                switch kind {
                case .content: writer.field("content", text)
                case .reasoning: writer.field("reasoning_content", text)
                }
            }
        }
        bytes.append(contentsOf: head)
        bytes.append(contentsOf: kind == .content ? Self.contentStart : Self.reasoningStart)
        bytes.append(contentsOf: text.escaped)
        bytes.append(contentsOf: includesUsage ? Self.textEndWithUsage : Self.textEnd)
    }

    /// A chunk whose delta holds what `members` writes.
    func append(_ choice: Int, to bytes: inout [UInt8], _ members: (inout JSONWriter) -> Void) {
        appendChunk(to: &bytes) { writer in
            writer.name("choices")
            writer.beginArray()
            writer.beginObject()
            writer.field("index", choice)
            writer.name("delta")
            writer.beginObject()
            members(&writer)
            writer.endObject()
            writer.name("logprobs")
            writer.null()
            writer.name("finish_reason")
            writer.null()
            writer.endObject()
            writer.endArray()
        }
    }

    /// A chunk that only tells how sure the text before it was.
    func append(_ logprobs: TokenLogprobs, _ choice: Int, to bytes: inout [UInt8]) {
        appendChunk(to: &bytes) { writer in
            writer.name("choices")
            writer.beginArray()
            writer.beginObject()
            writer.field("index", choice)
            writer.name("delta")
            writer.beginObject()
            writer.field("content", literal: "")
            writer.endObject()
            ChatLogprobs.write(logprobs.tokens, into: &writer)
            writer.name("finish_reason")
            writer.null()
            writer.endObject()
            writer.endArray()
        }
    }

    func appendFinish(_ choice: Int, _ reason: StaticString, to bytes: inout [UInt8]) {
        appendChunk(to: &bytes) { writer in
            writer.name("choices")
            writer.beginArray()
            writer.beginObject()
            writer.field("index", choice)
            writer.name("delta")
            writer.beginObject()
            writer.endObject()
            writer.name("logprobs")
            writer.null()
            writer.field("finish_reason", literal: reason)
            writer.endObject()
            writer.endArray()
        }
    }

    func appendUsage(_ usage: TokenUsage, to bytes: inout [UInt8]) {
        appendChunk(to: &bytes, usage: usage) { writer in
            writer.name("choices")
            writer.beginArray()
            writer.endArray()
        }
    }

    /// One event: the head, what `members` writes, and usage where it belongs.
    private func appendChunk(
        to bytes: inout [UInt8], usage: TokenUsage? = nil, _ members: (inout JSONWriter) -> Void
    ) {
        var writer = JSONWriter()
        // The members are written into a text of their own; its opening brace becomes the comma behind the head.
        writer.beginObject()
        members(&writer)
        if includesUsage {
            writer.name("usage")
            if let usage { usage.writeChat(into: &writer) } else { writer.null() }
        }
        writer.endObject()
        bytes.append(contentsOf: head)
        bytes.append(UInt8(ascii: ","))
        bytes.append(contentsOf: writer.bytes.dropFirst())
        bytes.append(contentsOf: [0x0A, 0x0A])
    }
}
