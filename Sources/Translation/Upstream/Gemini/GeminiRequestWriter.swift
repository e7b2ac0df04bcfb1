import APIErrors
import JSON

/// Writes the inner request that both of Google's APIs take: contents first, then what steers them.
struct GeminiRequestWriter: ~Copyable {
    let request: GenerationRequest
    let target: UpstreamTarget
    let plan: RequestPlan
    let schemas: CleanedSchemas
    let isClaude: Bool

    /// - Throws: a 400 for schemas that take too long to clean.
    init(
        _ request: GenerationRequest, target: UpstreamTarget, plan: consuming RequestPlan, cache: inout SchemaCache
    ) throws(APIFailure) {
        isClaude = target.model.isClaude
        schemas = try CleanedSchemas.of(request, plan: plan, isClaude: isClaude, cache: &cache)
        self.request = request
        self.target = target
        self.plan = plan
    }

    func write(into writer: inout JSONWriter, sessionID: String?) {
        writer.beginObject()
        writeContents(into: &writer)
        writeSystem(into: &writer)
        writeToolsAndConfig(into: &writer)
        writeGenerationConfig(into: &writer)
        writeSafety(into: &writer)
        if let cached = request.cachedContent { writer.field("cachedContent", cached.name) }
        if let sessionID, plan.kind == .agent { writer.field("sessionId", sessionID) }
        writer.endObject()
    }

    /// The part of a request that `countTokens` takes.
    func writeCounted(into writer: inout JSONWriter, contentsOnly: Bool) {
        writer.beginObject()
        writer.tokens(#""model":"models/"#)
        writer.appendContent(target.model.id)
        writer.endString()
        writeContents(into: &writer)
        if !contentsOnly {
            writeSystem(into: &writer)
            writeTools(into: &writer)
        }
        writer.endObject()
    }

    private func writeSystem(into writer: inout JSONWriter) {
        guard !plan.system.isEmpty else { return }
        writer.tokens(#""systemInstruction":{"role":"user","parts":["#)
        for text in plan.system {
            writer.tokens(#"{"text":"#)
            writer.text(text)
            writer.tokens("}")
        }
        writer.tokens("]}")
    }

    private func writeSafety(into writer: inout JSONWriter) {
        guard !isClaude else { return }
        if let own = request.safetySettings {
            guard own.bytes.count > 2 else { return }
            writer.name("safetySettings")
            writer.raw(own.bytes)
        } else if let settings = target.settings.safety.sent {
            writer.name("safetySettings")
            writer.raw(settings)
        }
    }
}

extension TranslationSettings.SafetyThreshold {
    /// Gemini API, "Safety settings".
    static let categories: [StaticString] = [
        "HARM_CATEGORY_HARASSMENT", "HARM_CATEGORY_HATE_SPEECH", "HARM_CATEGORY_SEXUALLY_EXPLICIT",
        "HARM_CATEGORY_DANGEROUS_CONTENT", "HARM_CATEGORY_CIVIC_INTEGRITY",
    ]

    /// The list that is sent, with this threshold for every category; nil: none is.
    var sent: [UInt8]? {
        switch self {
        case .off: Self.offSettings
        case .none: Self.noneSettings
        case .high: Self.highSettings
        case .medium: Self.mediumSettings
        case .low: Self.lowSettings
        case .omit: nil
        }
    }

    private static let offSettings = settings("OFF")
    private static let noneSettings = settings("BLOCK_NONE")
    private static let highSettings = settings("BLOCK_ONLY_HIGH")
    private static let mediumSettings = settings("BLOCK_MEDIUM_AND_ABOVE")
    private static let lowSettings = settings("BLOCK_LOW_AND_ABOVE")

    private static func settings(_ threshold: StaticString) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for category in categories {
            writer.beginObject()
            writer.field("category", literal: category)
            writer.field("threshold", literal: threshold)
            writer.endObject()
        }
        writer.endArray()
        return writer.bytes
    }
}
