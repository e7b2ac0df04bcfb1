import APIErrors
import JSON

/// Google's Code Assist (`v1internal`): the inner request in an envelope that names project, model and purpose.
struct CodeAssistCodec: SchemaCachingCodec {
    var schemas = SchemaCache()

    mutating func encodeRequest(
        _ request: GenerationRequest, target: UpstreamTarget
    ) throws(APIFailure) -> [UInt8] {
        let inner = try GeminiRequestWriter(
            request, target: target, plan: RequestPlan(request, target: target), cache: &schemas)
        var writer = JSONWriter(reserving: inner.plan.sizeEstimate)
        writer.beginObject()
        if let project = target.project { writer.field("project", project) }
        writer.tokens(#""requestId":"agent-"#)
        writer.appendContent(target.requestID)
        writer.endString()
        writer.field("model", target.model.id)
        writer.field("userAgent", target.settings.envelopeUserAgent)
        writer.field("requestType", literal: inner.plan.kind.word)
        writer.name("request")
        inner.write(into: &writer, sessionID: target.sessionID)
        writer.endObject()
        return writer.bytes
    }

    mutating func encodeCount(
        _ request: GenerationRequest, target: UpstreamTarget
    ) throws(APIFailure) -> [UInt8] {
        try CountedRequest(request, target: target).encode(as: "request", &schemas)
    }
}
