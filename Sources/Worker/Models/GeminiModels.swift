import APIErrors
import HTTP
import JSON
import Translation

/// Models in Gemini's form (Gemini API reference, "Models").
nonisolated enum GeminiModels {
    private static let methods: [StaticString] = ["generateContent", "streamGenerateContent", "countTokens"]

    /// A page by `pageSize` and `pageToken`. Without a size it holds everything.
    static func page(of ids: [String], query: QueryItems, router: ModelRouter) throws(APIFailure) -> [UInt8] {
        let asked = try ModelPage.size(query, "pageSize", least: 0) ?? 0
        let size = asked == 0 ? ids.count : min(asked, ModelPage.sizeMax)
        let token = query["pageToken"].flatMap { $0.isEmpty ? nil : $0 }
        let page = ModelPage(of: ids, sizeMax: size, after: token)
        var writer = JSONWriter(reserving: 384 * page.ids.count)
        writer.beginObject()
        writer.name("models")
        writer.beginArray()
        for id in page.ids { write(id, router, into: &writer) }
        writer.endArray()
        if page.hasMore, let last = page.ids.last { writer.field("nextPageToken", last) }
        writer.endObject()
        return writer.bytes
    }

    static func one(_ id: String, router: ModelRouter) -> [UInt8] {
        var writer = JSONWriter()
        write(id, router, into: &writer)
        return writer.bytes
    }

    private static func write(_ id: String, _ router: ModelRouter, into writer: inout JSONWriter) {
        // A listed name that the mapping cannot resolve is described by what its own name says.
        let target = (try? router.resolve(id))?.target ?? TargetModel(id: id)
        writer.beginObject()
        writer.field("name", "models/" + id)
        writer.field("version", literal: "001")
        writer.field("displayName", id)
        writer.field("description", literal: "")
        writer.field("inputTokenLimit", target.inputTokensMax)
        writer.field("outputTokenLimit", target.outputTokensMax)
        writer.name("supportedGenerationMethods")
        writer.beginArray()
        for method in methods { writer.string(method) }
        writer.endArray()
        writer.name("temperature")
        writer.number(text: "1.0")
        writer.name("topP")
        writer.number(text: "0.95")
        writer.field("topK", 64)
        writer.endObject()
    }
}
