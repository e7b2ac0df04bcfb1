import APIErrors
import JSON

/// A codec for one of Google's generation APIs: schemas that were cleaned for a request are known when its answer is read, and
/// answers and counts have the same form in all of them.
protocol SchemaCachingCodec: UpstreamCodec {
    var schemas: SchemaCache { get set }
}

extension SchemaCachingCodec {
    mutating func makeDecoder(
        for request: GenerationRequest, target: UpstreamTarget, form: CallIdentifierForm,
        identifiers: @escaping IdentifierSource
    ) -> any AnswerDecoder {
        GeminiAnswerDecoder(
            AnswerShaper(request, model: target.model, form: form, identifiers: identifiers, schemas: &schemas))
    }

    func decodeCount(_ body: [UInt8]) -> Int? { CountedRequest.count(in: body) }
}
