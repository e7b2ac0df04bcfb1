import JSON

/// Output items other than calls, as JSON.
enum ResponseItem {
    static func reasoning(
        _ id: String, summary: [UInt8], signature: JSONString?, isDone: Bool, into writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.field("id", id)
        writer.field("type", literal: "reasoning")
        writer.name("summary")
        writer.beginArray()
        if isDone, !summary.isEmpty { summaryPart(JSONString(escaped: summary), into: &writer) }
        writer.endArray()
        if isDone {
            writer.name("encrypted_content")
            if let signature { writer.text(ReasoningSeal.sealed(signature)) } else { writer.null() }
        }
        writer.field("status", literal: isDone ? "completed" : "in_progress")
        writer.endObject()
    }

    static func summaryPart(_ text: JSONString, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("type", literal: "summary_text")
        writer.field("text", text)
        writer.endObject()
    }

    /// - Parameter part: the complete text part; nil while there is none.
    static func message(_ id: String, part: [UInt8]?, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("id", id)
        writer.field("type", literal: "message")
        writer.field("role", literal: "assistant")
        writer.field("status", literal: part == nil ? "in_progress" : "completed")
        writer.name("content")
        writer.beginArray()
        if let part { writer.raw(part) }
        writer.endArray()
        writer.endObject()
    }

    static func textPart(_ text: JSONString, annotations: [[UInt8]]) -> [UInt8] {
        var writer = JSONWriter(reserving: text.escapedCount + 96)
        writer.beginObject()
        writer.field("type", literal: "output_text")
        writer.field("text", text)
        writer.name("annotations")
        writer.beginArray()
        for annotation in annotations { writer.raw(annotation) }
        writer.endArray()
        writer.name("logprobs")
        writer.beginArray()
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    static func search(_ id: String, queries: [String], isDone: Bool, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("id", id)
        writer.field("type", literal: "web_search_call")
        writer.field("status", literal: isDone ? "completed" : "in_progress")
        writer.name("action")
        writer.beginObject()
        writer.field("type", literal: "search")
        writer.field("query", queries.first ?? "")
        if queries.count > 1 {
            writer.name("queries")
            writer.beginArray()
            for query in queries { writer.string(query) }
            writer.endArray()
        }
        writer.endObject()
        writer.endObject()
    }
}
