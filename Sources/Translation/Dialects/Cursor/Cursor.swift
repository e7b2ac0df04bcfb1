import APIErrors
import JSON

/// The endpoint for Cursor: `POST /cursor/chat/completions`. It takes the bodies of three APIs, mixed as its clients mix them,
/// and answers as OpenAI Chat, with thinking shown as the operator wants it.
///
/// The one dialect that is composed of others.
public struct Cursor: ClientDialect {
    private let display: ReasoningDisplay
    private let chat: any ClientDialect = OpenAIChat()
    private let responses: any ClientDialect = OpenAIResponses()
    private let anthropic: any ClientDialect = Anthropic()

    public init(_ display: ReasoningDisplay) { self.display = display }

    public var family: DialectFamily { .openAI }

    public var name: String { "cursor" }

    public var callIdentifiers: CallIdentifierForm { chat.callIdentifiers }

    public func decode(_ body: RequestBody) throws(APIFailure) -> GenerationRequest {
        let root = try body.object()
        let kind = CursorPayloadKind(of: root)
        var request = try reader(of: kind).decode(body)
        request.answerFields.append(.init(name: "X-Cursor-Payload-Kind", value: kind.rawValue))
        // The answer is a chat completion whatever the question was.
        if let options = try RequestReading.object(root, "stream_options") {
            request.includesUsage = try RequestReading.bool(options, "include_usage") ?? false
        }
        request.echo = nil
        // Thinking goes out in a form that any client shows, also one that cannot give it back.
        request.thinksUnaskedOnClaude = true
        if request.thinking == .unspecified { request.showsThinking = true }
        CursorHistory.strip(&request.turns)
        return request
    }

    private func reader(of kind: CursorPayloadKind) -> any ClientDialect {
        switch kind {
        case .openAIChat: chat
        case .anthropicLike: anthropic
        case .responsesLike: responses
        }
    }

    public func answerID(_ identifiers: IdentifierSource) -> String { chat.answerID(identifiers) }

    public func makeStreamEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any StreamEncoder {
        let encoder = chat.makeStreamEncoder(context, for: request)
        return display == .raw ? encoder : CursorStreamEncoder(encoder, display, for: request)
    }

    public func makeAnswerEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any AnswerEncoder {
        let encoder = chat.makeAnswerEncoder(context, for: request)
        return display == .raw ? encoder : CursorAnswerEncoder(encoder, display, for: request)
    }
}
