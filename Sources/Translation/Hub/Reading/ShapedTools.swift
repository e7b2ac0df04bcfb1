import JSON

/// Tools that are no functions for the client and become functions upstream.
///
/// Source: OpenAI API reference, "Responses: tools" (`custom`, `local_shell`).
enum ShapedTools {
    static let localShellName = "local_shell"

    /// The client's own shell, declared by its kind alone.
    static let localShell = ToolDeclaration(
        name: localShellName, description: "Runs a program with its arguments on the user's machine.",
        schema: schema(
            """
            {"type":"object","properties":{"command":{"type":"array","items":{"type":"string"},\
            "description":"The program and its arguments."},"workdir":{"type":"string",\
            "description":"Folder to run it in."},"timeout_ms":{"type":"integer",\
            "description":"Longest run time in milliseconds."}},"required":["command"]}
            """), form: .localShell)

    /// What a tool with free text as its input looks like upstream.
    static let customSchema = schema(
        #"{"type":"object","properties":{"input":{"type":"string"}},"required":["input"]}"#)

    /// The description of a custom tool, and the grammar of its input, which has no other place upstream.
    static func customDescription(_ tool: JSONNode) -> JSONString? {
        let description = tool.given("description")?.text ?? JSONString(escaped: [])
        let format = tool.given("format")
        let grammar = format?.given("grammar") ?? format
        guard let definition = grammar?.given("definition")?.text, !definition.isEmpty else {
            return description.isEmpty ? nil : description
        }
        let syntax = grammar?.word("syntax") ?? ""
        let head = JSONString("\(description.isEmpty ? "" : "\n\n")The input must follow this \(syntax) grammar:\n")
        return JoinedText.concatenation([description, head, definition])
    }

    /// The schemas here are constants; one that could not be read would be no schema.
    private static func schema(_ text: String) -> JSONNode? { try? JSONDocument(parsing: Array(text.utf8)).root }
}
