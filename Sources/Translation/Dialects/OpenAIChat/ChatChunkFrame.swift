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
        var head: [UInt8] = []
        head.reserveCapacity(256)
        head.append(contentsOf: "data: ".utf8)
        var writer = JSONWriter(appendingTo: head)
        writer.tokens(#"{"id":"#)
        writer.string(context.id)
        writer.tokens(#""object":"chat.completion.chunk","created":"#)
        writer.int(context.created)
        writer.tokens(#""model":"#)
        writer.string(context.clientModel)
        writer.tokens(#""system_fingerprint":null"#)
        self.head = writer.bytes
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
            Self.beginChoice(choice, in: &writer)
            members(&writer)
            writer.tokens(#"},"logprobs":null,"finish_reason":null}]"#)
        }
    }

    /// A chunk that only tells how sure the text before it was.
    func append(_ logprobs: TokenLogprobs, _ choice: Int, to bytes: inout [UInt8]) {
        appendChunk(to: &bytes) { writer in
            Self.beginChoice(choice, in: &writer)
            writer.tokens(#""content":""}"#)
            ChatLogprobs.write(logprobs.tokens, into: &writer)
            writer.tokens(#""finish_reason":null}]"#)
        }
    }

    func appendFinish(_ choice: Int, _ reason: StaticString, to bytes: inout [UInt8]) {
        appendChunk(to: &bytes) { writer in
            Self.beginChoice(choice, in: &writer)
            writer.tokens(#"},"logprobs":null,"finish_reason":"#)
            writer.string(reason)
            writer.tokens("}]")
        }
    }

    func appendUsage(_ usage: TokenUsage, to bytes: inout [UInt8]) {
        appendChunk(to: &bytes, usage: usage) { $0.tokens(#""choices":[]"#) }
    }

    /// Up to the first member of the delta.
    private static func beginChoice(_ choice: Int, in writer: inout JSONWriter) {
        writer.tokens(#""choices":[{"index":"#)
        writer.int(choice)
        writer.tokens(#""delta":{"#)
    }

    /// One event: the head, what `members` writes, and usage where it belongs.
    private func appendChunk(
        to bytes: inout [UInt8], usage: TokenUsage? = nil, _ members: (inout JSONWriter) -> Void
    ) {
        bytes.append(contentsOf: head)
        bytes.append(UInt8(ascii: ","))
        JSONWriter.append(to: &bytes) { writer in
            members(&writer)
            if let usage {
                writer.tokens(#""usage":"#)
                usage.writeChat(into: &writer)
            } else if includesUsage {
                writer.tokens(#""usage":null"#)
            }
            writer.tokens("}")
        }
        bytes.append(contentsOf: [0x0A, 0x0A])
    }
}
