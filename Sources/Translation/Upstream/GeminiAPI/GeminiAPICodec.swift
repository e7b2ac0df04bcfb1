import APIErrors
import JSON

/// The public Gemini API (`v1beta`): the inner request is the body, the model stands in the path, and nothing names a project, a
/// purpose or a session.
struct GeminiAPICodec: SchemaCachingCodec {
    var schemas = SchemaCache()

    mutating func encodeRequest(
        _ request: GenerationRequest, target: UpstreamTarget
    ) throws(APIFailure) -> [UInt8] {
        let plan = try RequestPlan(request, target: target)
        let cleaned = try CleanedSchemas(request, plan: plan, model: target.model, cache: &schemas)
        var writer = JSONWriter(reserving: plan.sizeEstimate)
        GeminiRequestWriter(request: request, target: target, plan: plan, schemas: cleaned)
            .write(into: &writer, sessionID: nil)
        return writer.bytes
    }

    mutating func encodeCount(
        _ request: GenerationRequest, target: UpstreamTarget
    ) throws(APIFailure) -> [UInt8] {
        try CountedRequest(request, target: target).encode(as: "generateContentRequest", &schemas)
    }
}
