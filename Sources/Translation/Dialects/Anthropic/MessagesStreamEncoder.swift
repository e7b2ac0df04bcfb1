import APIErrors
import HTTP
import JSON

/// Writes a message stream: `message_start`, the blocks one after the other, and, once the upstream has ended, exactly one
/// `message_delta` and `message_stop`. A stream that breaks has neither.
struct MessagesStreamEncoder: StreamEncoder {
    private let id: String
    private let model: String
    private let identifiers: IdentifierSource
    /// Tokens of the prompt, for an upstream that says nothing about them.
    private let promptEstimate: Int
    private var blocks: MessagesBlocks
    private var frame = MessagesFrame()
    private var hasBegun = false
    private var hasEnded = false

    init(_ context: AnswerContext, for request: GenerationRequest) {
        id = context.id
        model = context.clientModel
        identifiers = context.identifiers
        promptEstimate = TokenEstimate.tokens(of: request)
        blocks = MessagesBlocks(request)
    }

    /// Clients take no event in front of `message_start`, but a comment they do.
    var heartbeat: [UInt8] { hasBegun ? Self.ping : Self.comment }

    private static let comment = Array(": ping\n\n".utf8)
    private static let ping = Array("event: ping\ndata: {\"type\":\"ping\"}\n\n".utf8)

    /// The latest that the upstream said. Clients put the numbers of the end over those of the beginning, so an end that
    /// knows no better repeats them.
    private var usage: TokenUsage {
        blocks.usage ?? TokenUsage(prompt: promptEstimate, cached: 0, output: 0, reasoning: 0)
    }

    mutating func encode(_ event: GenerationEvent, choice: Int, into bytes: inout [UInt8]) {
        guard !hasEnded, choice == 0 else { return }
        switch event {
        case .text(let text) where blocks.continuesText:
            if !text.isEmpty { frame.appendDelta(text, to: &bytes) }
        case .thinking(let text) where blocks.continuesThinking:
            if !text.isEmpty { frame.appendDelta(text, to: &bytes) }
        default:
            let steps = blocks.take(event)
            if !steps.isEmpty || event.isContent { begin(&bytes) }
            append(steps, &bytes)
        }
    }

    mutating func finish(into bytes: inout [UInt8]) {
        guard !hasEnded else { return }
        hasEnded = true
        begin(&bytes)
        append(blocks.end(), &bytes)
        // A message without any block is one that some clients do not end.
        if frame.isEmpty { append([.openText, .close], &bytes) }
        MessagesFrame.append("message_delta", to: &bytes) { writer in
            writer.tokens(#""delta":{"stop_reason":"#)
            writer.string(MessagesWords.stopReason(blocks.finish, calledTools: blocks.hasCalls))
            writer.tokens(#""stop_sequence":null},"usage":{"#)
            usage.writeMessages(into: &writer)
            usage.writeMessagesDetails(searches: blocks.searches, into: &writer)
            writer.endObject()
        }
        MessagesFrame.append("message_stop", to: &bytes)
    }

    mutating func fail(_ failure: APIFailure, requestID: String, into bytes: inout [UInt8]) {
        guard !hasEnded else { return }
        hasEnded = true
        bytes += failure.streamEnd(in: .anthropic, requestID: requestID)
    }

    private mutating func append(_ steps: [MessagesBlocks.Step], _ bytes: inout [UInt8]) {
        for step in steps { frame.append(step, identifiers: identifiers, to: &bytes) }
    }

    private mutating func begin(_ bytes: inout [UInt8]) {
        guard !hasBegun else { return }
        hasBegun = true
        MessagesFrame.append("message_start", to: &bytes) { writer in
            writer.tokens(#""message":{"id":"#)
            writer.string(id)
            writer.tokens(#""type":"message","role":"assistant","model":"#)
            writer.string(model)
            writer.tokens(#""content":[],"stop_reason":null,"stop_sequence":null,"usage":{"#)
            usage.writeMessages(into: &writer)
            writer.tokens("}}")
        }
    }
}
