import APIErrors
import JSON

/// Reads OpenAI's `tool_choice` and the `function_call` of the legacy form.
enum ToolChoiceReader {
    /// - Throws: a 400 for a tool that is not among `tools`, and for a word that is no choice.
    static func read(_ node: JSONNode, tools: [ToolDeclaration]) throws(APIFailure) -> ToolChoice {
        if let word = node.string { return try choice(word, node) }
        guard node.kind == .object else { throw RequestReading.refuse(node, "must be a word or an object") }
        if node.word("type") == "allowed_tools" {
            let allowed = node.given("allowed_tools") ?? node
            return try restricted(allowed, tools: tools)
        }
        let holder = node.given("function") ?? node.given("custom") ?? node
        if let name = holder.given("name") { return .forced([try declared(name, Set(tools.map(\.name)))]) }
        guard let word = node.word("type") else { throw RequestReading.refuse(node, "names no tool") }
        return try choice(word, node)
    }

    private static func choice(_ word: String, _ node: JSONNode) throws(APIFailure) -> ToolChoice {
        switch word {
        case "auto": .auto
        case "none": .none
        case "required", "any": .required
        default: throw RequestReading.refuse(node, "must be auto, none, required or a tool")
        }
    }

    private static func restricted(_ node: JSONNode, tools: [ToolDeclaration]) throws(APIFailure) -> ToolChoice {
        guard let list = try RequestReading.array(node, "tools") else {
            throw RequestReading.refuse(node, "names no tools")
        }
        let known = Set(tools.map(\.name))
        var names: [String] = []
        for tool in list.elements {
            guard let name = (tool.given("function") ?? tool).given("name") else { continue }
            names.append(try declared(name, known))
        }
        guard !names.isEmpty else { throw RequestReading.refuse(list, "names no tools") }
        return node.word("mode") == "auto" ? .allowed(names) : .forced(names)
    }

    private static func declared(_ node: JSONNode, _ tools: Set<String>) throws(APIFailure) -> String {
        guard let name = node.string else { throw RequestReading.refuse(node, "must be a string") }
        guard tools.contains(name) else {
            throw RequestReading.refuse(node, "is not among the declared tools")
        }
        return name
    }
}
