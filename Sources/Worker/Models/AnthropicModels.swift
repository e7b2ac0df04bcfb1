import APIErrors
import HTTP
import JSON

/// Models in Anthropic's form (Anthropic API reference, "Models").
nonisolated enum AnthropicModels {
    /// As in `OpenAIModels`.
    private static let createdAt: StaticString = "2024-02-01T00:00:00Z"

    /// A page by `limit`, `after_id` and `before_id`. Without a limit it holds everything.
    static func page(of ids: [String], query: QueryItems) throws(APIFailure) -> [UInt8] {
        let limit = try ModelPage.size(query, "limit", least: 1) ?? ids.count
        guard limit <= max(ModelPage.sizeMax, ids.count) else {
            throw .badRequest("limit must be at most \(ModelPage.sizeMax)", param: "limit")
        }
        let page = ModelPage(of: ids, sizeMax: limit, after: query["after_id"], before: query["before_id"])
        var writer = JSONWriter(reserving: 128 * page.ids.count)
        writer.beginObject()
        writer.name("data")
        writer.beginArray()
        for id in page.ids { write(id, into: &writer) }
        writer.endArray()
        writer.field("has_more", page.hasMore)
        writer.name("first_id")
        if let first = page.ids.first { writer.string(first) } else { writer.null() }
        writer.name("last_id")
        if let last = page.ids.last { writer.string(last) } else { writer.null() }
        writer.endObject()
        return writer.bytes
    }

    static func one(_ id: String) -> [UInt8] {
        var writer = JSONWriter()
        write(id, into: &writer)
        return writer.bytes
    }

    private static func write(_ id: String, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("type", literal: "model")
        writer.field("id", id)
        writer.field("display_name", id)
        writer.field("created_at", literal: createdAt)
        writer.endObject()
    }
}
