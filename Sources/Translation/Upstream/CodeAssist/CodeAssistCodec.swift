import APIErrors
import JSON

/// Google's Code Assist (`v1internal`): the inner request in an envelope that names project, model and purpose.
struct CodeAssistCodec: SchemaCachingCodec {
    var schemas = SchemaCache()

    mutating func encodeRequest(
        _ request: GenerationRequest, target: UpstreamTarget
    ) throws(APIFailure) -> [UInt8] {
        let plan = try RequestPlan(request, target: target)
        let cleaned = try CleanedSchemas(request, plan: plan, model: target.model, cache: &schemas)
        var writer = JSONWriter(reserving: plan.sizeEstimate)
        writer.beginObject()
        if let project = target.project { writer.field("project", project) }
        writer.field("requestId", "agent-" + target.requestID)
        writer.field("model", target.model.id)
        writer.field("userAgent", target.settings.envelopeUserAgent)
        writer.field("requestType", plan.kind.rawValue)
        writer.name("request")
        GeminiRequestWriter(request: request, target: target, plan: plan, schemas: cleaned)
            .write(into: &writer, sessionID: target.sessionID)
        writer.endObject()
        return writer.bytes
    }

    mutating func encodeCount(
        _ request: GenerationRequest, target: UpstreamTarget
    ) throws(APIFailure) -> [UInt8] {
        try CountedRequest(request, target: target).encode(as: "request", &schemas)
    }
}
