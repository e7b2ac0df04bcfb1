import APIErrors
import JSON

/// OpenAI Chat Completions: `POST /v1/chat/completions`.
///
/// Source: OpenAI API reference, "Chat"; what its official SDKs for Python and Node need.
public struct OpenAIChat: ClientDialect {
    public init() {}

    public var family: DialectFamily { .openAI }

    public var name: String { "openai_chat" }

    public var callIdentifiers: CallIdentifierForm { CallIdentifierForm(prefix: "call_", lengthMax: 40) }

    public func decode(_ body: RequestBody) throws(APIFailure) -> GenerationRequest {
        try ChatRequestDecoder.decode(body.object())
    }

    public func answerID(_ identifiers: IdentifierSource) -> String {
        "chatcmpl-" + identifiers(CallIdentifierForm.randomCount)
    }

    public func makeStreamEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any StreamEncoder {
        ChatStreamEncoder(context, for: request)
    }

    public func makeAnswerEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any AnswerEncoder {
        ChatAnswerEncoder(context, for: request)
    }
}
