import JSON

/// A call as an output item, in the form in which its tool was declared.
struct ResponseCallItem {
    let id: String
    private let call: ToolCall
    private let shape: ResponseTools.Shape
    /// What the item says at its end: arguments as a JSON text, the free text of a custom tool, the action of a shell.
    let input: JSONString

    init(_ call: ToolCall, shape: ResponseTools.Shape, identifiers: IdentifierSource) {
        self.call = call
        self.shape = shape
        let random = identifiers(CallIdentifierForm.randomCount)
        switch shape {
        case .function:
            id = "fc_" + random
            input = JSONString(escaped: JSONEscaping.escape(call.arguments.bytes))
        case .custom:
            id = "ctc_" + random
            input = CustomToolInput.text(of: call.arguments)
        case .localShell:
            id = "lsh_" + random
            input = JSONString(escaped: [])
        }
    }

    /// The events between the item's beginning and its end; none for a shell.
    var events: (delta: StaticString, done: StaticString, member: StaticString)? {
        switch shape {
        case .function:
            ("response.function_call_arguments.delta", "response.function_call_arguments.done", "arguments")
        case .custom: ("response.custom_tool_call_input.delta", "response.custom_tool_call_input.done", "input")
        case .localShell: nil
        }
    }

    /// The client's name of the tool, if the end of the arguments repeats it.
    var repeatedName: String? {
        if case .function(let place) = shape { place?.name ?? call.name } else { nil }
    }

    func write(isDone: Bool, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("id", id)
        switch shape {
        case .function(let place):
            writer.field("type", literal: "function_call")
            writeHead(place, into: &writer)
            writer.field("arguments", isDone ? input : JSONString(escaped: []))
        case .custom(let place):
            writer.field("type", literal: "custom_tool_call")
            writeHead(place, into: &writer)
            writer.field("input", isDone ? input : JSONString(escaped: []))
        case .localShell:
            writer.field("type", literal: "local_shell_call")
            writer.field("call_id", call.id)
            writer.name("action")
            writeAction(into: &writer)
        }
        writer.field("status", literal: isDone ? "completed" : "in_progress")
        writer.endObject()
    }

    private func writeHead(_ place: ToolDeclaration.Place?, into writer: inout JSONWriter) {
        writer.field("call_id", call.id)
        writer.field("name", place?.name ?? call.name)
        if let place { writer.field("namespace", place.namespace) }
    }

    private func writeAction(into writer: inout JSONWriter) {
        // A call's arguments are JSON, whoever made them; were they not, the action would be empty.
        let arguments = try? JSONDocument(parsing: call.arguments.array).root
        let folder = arguments?.given("workdir") ?? arguments?.given("working_directory")
        writer.beginObject()
        writer.field("type", literal: "exec")
        writer.name("command")
        writer.beginArray()
        switch arguments?["command"] {
        case let command? where command.kind == .array:
            for word in command.elements where word.kind == .string { writer.node(word) }
        case let command? where command.kind == .string: writer.node(command)
        default: break
        }
        writer.endArray()
        writer.name("working_directory")
        if let folder, folder.kind == .string { writer.node(folder) } else { writer.null() }
        writer.name("timeout_ms")
        if let limit = arguments?.given("timeout_ms")?.int { writer.int(limit) } else { writer.null() }
        writer.name("env")
        if let env = arguments?.given("env"), env.kind == .object { writer.node(env) } else { writer.raw("{}".utf8) }
        writer.endObject()
    }
}
