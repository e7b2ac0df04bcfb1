import JSON

/// Models in OpenAI's form (OpenAI API reference, "Models").
nonisolated enum OpenAIModels {
    /// Nobody knows when a model was made; fixed, so that lists are stable.
    private static let created = 1_706_745_600

    static func list(_ ids: [String]) -> [UInt8] {
        var writer = JSONWriter(reserving: 96 * ids.count)
        writer.beginObject()
        writer.field("object", literal: "list")
        writer.name("data")
        writer.beginArray()
        for id in ids { write(id, into: &writer) }
        writer.endArray()
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
        writer.field("id", id)
        writer.field("object", literal: "model")
        writer.field("created", created)
        writer.field("owned_by", literal: "antigravity")
        writer.endObject()
    }
}
