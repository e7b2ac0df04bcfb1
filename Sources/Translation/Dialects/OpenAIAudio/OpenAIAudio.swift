import APIErrors
import JSON

/// OpenAI Audio: `POST /v1/audio/transcriptions`.
///
/// Source: OpenAI API reference, "Create transcription"; what its official SDKs for Python and Node need.
public struct OpenAIAudio: ClientDialect {
    public init() {}

    public var family: DialectFamily { .openAI }

    public var name: String { "openai_audio" }

    /// Answers hold no calls.
    public var callIdentifiers: CallIdentifierForm { CallIdentifierForm(prefix: "call_", lengthMax: 40) }

    public func decode(_ body: RequestBody) throws(APIFailure) -> GenerationRequest {
        guard case .multipart(let form) = body else { throw .badRequest("the body must be multipart/form-data") }
        return try TranscriptionRequestDecoder.decode(form)
    }

    /// Answers have no id in their body.
    public func answerID(_ identifiers: IdentifierSource) -> String {
        "transcription-" + identifiers(CallIdentifierForm.randomCount)
    }

    public func makeStreamEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any StreamEncoder {
        TranscriptStreamEncoder()
    }

    public func makeAnswerEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any AnswerEncoder {
        TranscriptAnswerEncoder(TranscriptFormat(of: request), echo: request.echo ?? TranscriptFormat.emptyEcho)
    }
}
