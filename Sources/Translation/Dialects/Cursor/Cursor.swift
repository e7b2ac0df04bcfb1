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
    /// A system message beside blocks of Anthropic's form was written for OpenAI: it belongs to the instructions.
    private let anthropic: any ClientDialect = Anthropic(systemMessages: .instructions)

    public init(_ display: ReasoningDisplay) { self.display = display }

    public var family: DialectFamily { .openAI }

    public var name: String { "cursor" }

    public var callIdentifiers: CallIdentifierForm { chat.callIdentifiers }

    public func decode(_ body: RequestBody) throws(APIFailure) -> GenerationRequest {
        let root = try body.object()
        let kind = CursorPayloadKind(of: root)
        var request = try reader(of: kind).decode(body)
        request.answerFields.append(.init(name: "X-Cursor-Payload-Kind", value: kind.rawValue))
        if kind != .openAIChat { try CursorMixture.complete(&request, from: root) }
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
