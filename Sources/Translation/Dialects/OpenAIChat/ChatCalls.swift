import JSON

/// Calls in the forms of the dialect: a function with arguments, a custom tool with one free text, or the legacy form.
struct ChatCalls: Sendable {
    /// Names of the tools that were declared as custom ones.
    private let customTools: Set<String>

    init(_ tools: [ToolDeclaration]) {
        customTools = Set(tools.lazy.filter { $0.form == .custom }.map(\.name))
    }

    private func isCustom(_ call: ToolCall) -> Bool { !customTools.isEmpty && customTools.contains(call.name) }

    /// First delta of a call: everything but what it is called with.
    func writeHead(_ call: ToolCall, index: Int, into writer: inout JSONWriter) {
        writer.name("tool_calls")
        writer.beginArray()
        writer.beginObject()
        writer.field("index", index)
        writer.field("id", call.id)
        writeTool(call, JSONString(escaped: []), into: &writer)
        Self.writeSignature(call, into: &writer)
        writer.endObject()
        writer.endArray()
    }

    /// Second delta of a call: what it is called with, whole.
    func writeArguments(_ call: ToolCall, index: Int, into writer: inout JSONWriter) {
        writer.name("tool_calls")
        writer.beginArray()
        writer.beginObject()
        writer.field("index", index)
        if isCustom(call) { writer.name("custom") } else { writer.name("function") }
        writer.beginObject()
        if isCustom(call) {
            writer.field("input", CustomToolInput.text(of: call.arguments))
        } else {
            writer.field("arguments", Self.escaped(call.arguments))
        }
        writer.endObject()
        writer.endObject()
        writer.endArray()
    }

    /// A call in a complete answer.
    func writeWhole(_ call: ToolCall, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("id", call.id)
        let input = isCustom(call) ? CustomToolInput.text(of: call.arguments) : Self.escaped(call.arguments)
        writeTool(call, input, into: &writer)
        Self.writeSignature(call, into: &writer)
        writer.endObject()
    }

    /// `function_call` of clients that declared `functions`.
    static func writeLegacy(_ call: ToolCall, into writer: inout JSONWriter) {
        writer.name("function_call")
        writer.beginObject()
        writer.field("name", call.name)
        writer.field("arguments", escaped(call.arguments))
        writer.endObject()
    }

    private func writeTool(_ call: ToolCall, _ input: JSONString, into writer: inout JSONWriter) {
        if isCustom(call) {
            writer.field("type", literal: "custom")
            writer.name("custom")
        } else {
            writer.field("type", literal: "function")
            writer.name("function")
        }
        writer.beginObject()
        writer.field("name", call.name)
        if isCustom(call) { writer.field("input", input) } else { writer.field("arguments", input) }
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
