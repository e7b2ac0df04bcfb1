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
    /// The same with everything up to the text of choice 0: the text is all that is missing.
    private let contentHead: [UInt8]
    private let reasoningHead: [UInt8]
    /// From behind the text to the blank line.
    private let textTail: [UInt8]
    private let includesUsage: Bool

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
        let choice = Array(#","choices":[{"index":0,"delta":{""#.utf8)
        contentHead = head + choice + Array(#"content":""#.utf8)
        reasoningHead = head + choice + Array(#"reasoning_content":""#.utf8)
        textTail = Array((#""},"# + Self.choiceTail).utf8) + Array((Self.usageTail(includesUsage)).utf8)
    }

    private static let choiceTail = #""logprobs":null,"finish_reason":null}]"#

    private static func usageTail(_ includesUsage: Bool) -> String {
        includesUsage ? ",\"usage\":null}\n\n" : "}\n\n"
    }

    /// A text delta: three copies.
    func append(_ text: JSONString, as kind: Delta, _ choice: Int, to bytes: inout [UInt8]) {
        guard choice == 0 else {
            return append(choice, to: &bytes) { writer in
                switch kind {
                case .content: writer.field("content", text)
                case .reasoning: writer.field("reasoning_content", text)
                }
            }
        }
        let start = kind == .content ? contentHead : reasoningHead
        bytes.reserveCapacity(bytes.count + start.count + text.escaped.count + textTail.count)
        bytes.append(contentsOf: start)
        bytes.append(contentsOf: text.escaped)
        bytes.append(contentsOf: textTail)
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
