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
        if let name = try toolName(node, Set(tools.map(\.name))) { return .forced([name]) }
        guard let word = node.word("type") else { throw RequestReading.refuse(node, "names no tool") }
        // Search has no switch upstream: a model that can search decides by itself.
        if word.hasPrefix("web_search") { return .unspecified }
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
            if let name = try toolName(tool, known) { names.append(name) }
        }
        guard !names.isEmpty else { throw RequestReading.refuse(list, "names no tools") }
        return node.word("mode") == "auto" ? .allowed(names) : .forced(names)
    }

    /// The tool that an object names, by its name, its name in a group, or its kind; nil if it names none.
    private static func toolName(_ node: JSONNode, _ tools: Set<String>) throws(APIFailure) -> String? {
        let holder = node.given("function") ?? node.given("custom") ?? node
        if let name = holder.given("name") { return try declared(name, in: node.word("namespace"), tools) }
        let kind = node.word("type")
        return kind == ShapedTools.localShellName && tools.contains(ShapedTools.localShellName) ? kind : nil
    }

    private static func declared(
        _ node: JSONNode, in namespace: String?, _ tools: Set<String>
    ) throws(APIFailure) -> String {
        guard var name = node.string else { throw RequestReading.refuse(node, "must be a string") }
        if let namespace { name = ToolDeclaration.Place(namespace: namespace, name: name).joined }
        guard tools.contains(name) else {
            throw RequestReading.refuse(node, "is not among the declared tools")
        }
        return name
    }
}
