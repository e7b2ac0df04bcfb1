import APIErrors
import JSON

/// OpenAI's legacy completions: `POST /v1/completions`.
///
/// Source: OpenAI API reference, "Completions (legacy)".
public struct OpenAICompletions: ClientDialect {
    public init() {}

    public var family: DialectFamily { .openAI }

    public var name: String { "openai_completions" }

    /// Answers of this dialect hold no calls.
    public var callIdentifiers: CallIdentifierForm { CallIdentifierForm(prefix: "call_", lengthMax: 40) }

    public func decode(_ body: RequestBody) throws(APIFailure) -> GenerationRequest {
        try CompletionsRequestDecoder.decode(body.object())
    }

    public func answerID(_ identifiers: IdentifierSource) -> String {
        "cmpl-" + identifiers(CallIdentifierForm.randomCount)
    }

    public func makeStreamEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any StreamEncoder {
        CompletionsStreamEncoder(context, for: request)
    }

    public func makeAnswerEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any AnswerEncoder {
        CompletionsAnswerEncoder(context, for: request)
    }
}
