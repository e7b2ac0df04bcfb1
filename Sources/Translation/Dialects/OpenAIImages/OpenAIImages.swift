import APIErrors
import JSON

/// OpenAI Images: `POST /v1/images/generations` and `POST /v1/images/edits`.
///
/// Source: OpenAI API reference, "Images"; what its official SDKs for Python and Node need.
public struct OpenAIImages: ClientDialect {
    public enum Endpoint: Sendable {
        case generations
        case edits
    }

    private let endpoint: Endpoint

    public init(_ endpoint: Endpoint) { self.endpoint = endpoint }

    public var family: DialectFamily { .openAI }

    public var name: String { "openai_images" }

    /// Answers hold no calls.
    public var callIdentifiers: CallIdentifierForm { CallIdentifierForm(prefix: "call_", lengthMax: 40) }

    public func decode(_ body: RequestBody) throws(APIFailure) -> GenerationRequest {
        switch endpoint {
        case .generations: try ImagesRequestDecoder.decodeGeneration(body)
        case .edits: try ImagesRequestDecoder.decodeEdit(body)
        }
    }

    /// Answers have no id in their body.
    public func answerID(_ identifiers: IdentifierSource) -> String {
        "img-" + identifiers(CallIdentifierForm.randomCount)
    }

    public func makeStreamEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any StreamEncoder {
        ImagesStreamEncoder(
            context, echo: request.echo ?? ImagesWords.emptyEcho,
            eventName: endpoint == .generations ? "image_generation.completed" : "image_edit.completed")
    }

    public func makeAnswerEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any AnswerEncoder {
        ImagesAnswerEncoder(
            context, echo: request.echo ?? ImagesWords.emptyEcho, givesURLs: request.answerForm == ImagesWords.url)
    }
}
