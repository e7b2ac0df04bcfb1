import APIErrors
import JSON

/// The public Gemini API (`v1beta`): the inner request is the body, the model stands in the path, and nothing names a project, a
/// purpose or a session.
struct GeminiAPICodec: SchemaCachingCodec {
    var schemas = SchemaCache()

    mutating func encodeRequest(
        _ request: GenerationRequest, target: UpstreamTarget
    ) throws(APIFailure) -> [UInt8] {
        let inner = try GeminiRequestWriter(
            request, target: target, plan: RequestPlan(request, target: target), cache: &schemas)
        var writer = JSONWriter(reserving: inner.plan.sizeEstimate)
        inner.write(into: &writer, sessionID: nil)
        return writer.bytes
    }

    mutating func encodeCount(
        _ request: GenerationRequest, target: UpstreamTarget
    ) throws(APIFailure) -> [UInt8] {
        try CountedRequest(request, target: target).encode(as: "generateContentRequest", &schemas)
    }
}
