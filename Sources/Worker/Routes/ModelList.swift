import JSON
import Translation

/// The answers to questions about models, made once per snapshot: lists need no lease.
nonisolated struct ModelList: Sendable {
    /// Sorted, each once: built-in names, names of the operator's mapping, upstream ids.
    let ids: [String]
    /// `GET /v1/models` for clients of the OpenAI form.
    let openAI: [UInt8]
    /// The same for clients that send `anthropic-version`.
    let anthropic: [UInt8]

    /// The figures that vendors' lists carry and nobody knows here: fixed, so that lists are stable.
    private static let created = 1_706_745_600
    private static let createdAt = "2024-02-01T00:00:00Z"

    init(router: ModelRouter) {
        var names = Set(BuiltinModels.standard.exact.keys)
        names.formUnion(router.mappedNames)
        names.formUnion(router.table.liveIDs)
        ids = names.sorted()
        openAI = Self.openAIList(ids)
        anthropic = Self.anthropicList(ids)
    }

    /// `GET /v1/models/{id}`; nil if the id is unknown.
    func one(_ id: String, isAnthropic: Bool) -> [UInt8]? {
        guard ids.contains(id) else { return nil }
        var writer = JSONWriter()
        if isAnthropic { Self.writeAnthropic(id, into: &writer) } else { Self.writeOpenAI(id, into: &writer) }
        return writer.bytes
    }

    /// `GET /v1/models/claude`: the ids that contain it, in OpenAI's form.
    func containing(_ part: String) -> [UInt8] { Self.openAIList(ids.filter { $0.contains(part) }) }

    private static func openAIList(_ ids: [String]) -> [UInt8] {
        var writer = JSONWriter(reserving: 96 * ids.count)
        writer.beginObject()
        writer.field("object", "list")
        writer.name("data")
        writer.beginArray()
        for id in ids { writeOpenAI(id, into: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func anthropicList(_ ids: [String]) -> [UInt8] {
        var writer = JSONWriter(reserving: 128 * ids.count)
        writer.beginObject()
        writer.name("data")
        writer.beginArray()
        for id in ids { writeAnthropic(id, into: &writer) }
        writer.endArray()
        writer.field("has_more", false)
        writer.name("first_id")
        if let first = ids.first { writer.string(first) } else { writer.null() }
        writer.name("last_id")
        if let last = ids.last { writer.string(last) } else { writer.null() }
        writer.endObject()
        return writer.bytes
    }

    private static func writeOpenAI(_ id: String, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("id", id)
        writer.field("object", "model")
        writer.field("created", created)
        writer.field("owned_by", "antigravity")
        writer.endObject()
    }

    private static func writeAnthropic(_ id: String, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("type", "model")
        writer.field("id", id)
        writer.field("display_name", id)
        writer.field("created_at", createdAt)
        writer.endObject()
    }
}
