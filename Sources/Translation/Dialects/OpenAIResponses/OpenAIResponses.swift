import APIErrors
import Digest
import JSON

/// OpenAI Responses: `POST /v1/responses`, the API of Codex.
///
/// Source: OpenAI API reference, "Responses"; what its official SDKs and the Codex CLI need.
public struct OpenAIResponses: ClientDialect {
    public init() {}

    public var family: DialectFamily { .openAI }

    public var name: String { "openai_responses" }

    public var callIdentifiers: CallIdentifierForm { CallIdentifierForm(prefix: "call_", lengthMax: 64) }

    public func decode(_ body: RequestBody) throws(APIFailure) -> GenerationRequest {
        try ResponsesRequestDecoder.decode(body.object())
    }

    public func answerID(_ identifiers: IdentifierSource) -> String {
        "resp_" + Hex.encode(Array(identifiers(CallIdentifierForm.randomCount).utf8))
    }

    public func makeStreamEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any StreamEncoder {
        ResponsesStreamEncoder(context, for: request)
    }

    public func makeAnswerEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any AnswerEncoder {
        ResponsesAnswerEncoder(context, for: request)
    }
}
