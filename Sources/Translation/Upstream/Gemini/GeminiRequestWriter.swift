import JSON

/// Writes the inner request that both of Google's APIs take: contents first, then what steers them.
struct GeminiRequestWriter {
    let request: GenerationRequest
    let target: UpstreamTarget
    let plan: RequestPlan
    let schemas: CleanedSchemas

    private var model: TargetModel { target.model }

    func write(into writer: inout JSONWriter, sessionID: String?) {
        writer.beginObject()
        writeContents(into: &writer)
        writeSystem(into: &writer)
        ToolsWriter(request: request, plan: plan, target: target, schemas: schemas).write(into: &writer)
        GenerationConfigWriter(
            request: request, plan: plan, target: target, schemas: schemas
        ).write(into: &writer)
        writeSafety(into: &writer)
        if let cached = request.cachedContent { writer.field("cachedContent", cached.name) }
        if let sessionID, plan.kind == .agent { writer.field("sessionId", sessionID) }
        writer.endObject()
    }

    /// The part of a request that `countTokens` takes.
    func writeCounted(into writer: inout JSONWriter, contentsOnly: Bool) {
        writer.beginObject()
        writer.field("model", "models/" + model.id)
        writeContents(into: &writer)
        if !contentsOnly {
            writeSystem(into: &writer)
            ToolsWriter(request: request, plan: plan, target: target, schemas: schemas).writeTools(into: &writer)
        }
        writer.endObject()
    }

    func writeContents(into writer: inout JSONWriter) {
        writer.name("contents")
        writer.beginArray()
        for content in plan.contents { ContentWriter(plan: plan, model: model).write(content, into: &writer) }
        writer.endArray()
    }

    private func writeSystem(into writer: inout JSONWriter) {
        guard !plan.system.isEmpty else { return }
        writer.name("systemInstruction")
        writer.beginObject()
        writer.field("role", literal: "user")
        writer.name("parts")
        writer.beginArray()
        for text in plan.system {
            writer.beginObject()
            writer.field("text", text)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    private func writeSafety(into writer: inout JSONWriter) {
        guard !model.isClaude else { return }
        if let own = request.safetySettings {
            guard own.bytes.count > 2 else { return }
            writer.name("safetySettings")
            writer.raw(own.bytes)
            return
        }
        guard let threshold = target.settings.safety.threshold else { return }
        writer.name("safetySettings")
        writer.beginArray()
        for category in TranslationSettings.SafetyThreshold.categories {
            writer.beginObject()
            writer.field("category", literal: category)
            writer.field("threshold", literal: threshold)
            writer.endObject()
        }
        writer.endArray()
    }
}

extension TranslationSettings.SafetyThreshold {
    /// Gemini API, "Safety settings".
    static let categories: [StaticString] = [
        "HARM_CATEGORY_HARASSMENT", "HARM_CATEGORY_HATE_SPEECH", "HARM_CATEGORY_SEXUALLY_EXPLICIT",
        "HARM_CATEGORY_DANGEROUS_CONTENT", "HARM_CATEGORY_CIVIC_INTEGRITY",
    ]

    /// Nil: no settings are sent.
    var threshold: StaticString? {
        switch self {
        case .off: "OFF"
        case .none: "BLOCK_NONE"
        case .high: "BLOCK_ONLY_HIGH"
        case .medium: "BLOCK_MEDIUM_AND_ABOVE"
        case .low: "BLOCK_LOW_AND_ABOVE"
        case .omit: nil
        }
    }
}
