import JSON

/// Calls in the forms of the dialect.
enum ChatCalls {
    /// First delta of a call: everything but its arguments.
    static func writeHead(_ call: ToolCall, index: Int, into writer: inout JSONWriter) {
        writer.name("tool_calls")
        writer.beginArray()
        writer.beginObject()
        writer.field("index", index)
        writer.field("id", call.id)
        writer.field("type", literal: "function")
        writer.name("function")
        writer.beginObject()
        writer.field("name", call.name)
        writer.field("arguments", literal: "")
        writer.endObject()
        writeSignature(call, into: &writer)
        writer.endObject()
        writer.endArray()
    }

    /// Second delta of a call: its arguments, whole.
    static func writeArguments(_ call: ToolCall, index: Int, into writer: inout JSONWriter) {
        writer.name("tool_calls")
        writer.beginArray()
        writer.beginObject()
        writer.field("index", index)
        writer.name("function")
        writer.beginObject()
        writer.field("arguments", escaped(call.arguments))
        writer.endObject()
        writer.endObject()
        writer.endArray()
    }

    /// A call in a complete answer.
    static func writeWhole(_ call: ToolCall, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("id", call.id)
        writer.field("type", literal: "function")
        writer.name("function")
        writeFunction(call, into: &writer)
        writeSignature(call, into: &writer)
        writer.endObject()
    }

    /// `function_call` of clients that declared `functions`.
    static func writeLegacy(_ call: ToolCall, into writer: inout JSONWriter) {
        writer.name("function_call")
        writeFunction(call, into: &writer)
    }

    private static func writeFunction(_ call: ToolCall, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("name", call.name)
        writer.field("arguments", escaped(call.arguments))
        writer.endObject()
    }

    /// Google's own convention for signatures in this dialect (Gemini API, "OpenAI compatibility: thought signatures").
    private static func writeSignature(_ call: ToolCall, into writer: inout JSONWriter) {
        guard let signature = call.signature else { return }
        writer.name("extra_content")
        writer.beginObject()
        writer.name("google")
        writer.beginObject()
        writer.field("thought_signature", signature)
        writer.endObject()
        writer.endObject()
    }

    /// A JSON text as the content of a string.
    private static func escaped(_ json: RawJSON) -> JSONString {
        JSONString(escaped: JSONEscaping.escape(json.bytes))
    }
}
