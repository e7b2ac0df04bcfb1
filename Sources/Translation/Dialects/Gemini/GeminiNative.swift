import APIErrors
import JSON

/// Google's own API: the client speaks the upstream's language, and gets the upstream's answer objects.
///
/// Model and framing stand in the path, so each request has a value of its own.
public struct GeminiNative: CountingDialect {
    private let model: String
    /// Nil: one whole answer.
    private let framing: GeminiFraming?

    public init(model: String, framing: GeminiFraming?) {
        self.model = model
        self.framing = framing
    }

    public let family = DialectFamily.gemini
    public let name = "gemini"
    public let callIdentifiers = CallIdentifierForm(prefix: "call_", lengthMax: 64)

    public func decode(_ body: RequestBody) throws(APIFailure) -> GenerationRequest {
        var request = try GeminiRequestDecoder.decode(try body.object(), model: model)
        request.streams = framing != nil
        return request
    }

    /// The body is the request itself, or holds it under `generateContentRequest`.
    public func decodeCount(_ body: RequestBody) throws(APIFailure) -> GenerationRequest {
        let root = try body.object()
        let inner = try RequestReading.object(root, "generateContentRequest", "generate_content_request")
        let request = try GeminiRequestDecoder.decode(inner ?? root, model: model)
        // Neither what is sent for a count nor an estimate would hold what Google keeps.
        if let cached = request.cachedContent { throw cached.refusal }
        return request
    }

    public func encodeCount(_ tokens: Int) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("totalTokens", tokens)
        writer.endObject()
        return writer.bytes
    }

    /// The upstream's own stands in the answer.
    public func answerID(_ identifiers: IdentifierSource) -> String { "" }

    public func makeStreamEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any StreamEncoder {
        switch framing ?? .events {
        case .events: GeminiEventEncoder()
        case .array: GeminiArrayEncoder()
        }
    }

    public func makeAnswerEncoder(_ context: AnswerContext, for request: GenerationRequest) -> any AnswerEncoder {
        GeminiAnswerEncoder(choiceCount: context.choiceCount)
    }
}
