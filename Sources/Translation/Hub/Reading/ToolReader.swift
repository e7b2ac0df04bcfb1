import APIErrors
import JSON

/// Reads tool declarations in any of the forms clients send to any endpoint: OpenAI's nested and flat form, Anthropic's.
///
/// A tool without a usable name and unknown kinds are skipped; of equal names the first wins.
struct ToolReader {
    private(set) var tools: [ToolDeclaration] = []
    private(set) var search: SearchWish?
    private var names: Set<String> = []

    mutating func read(_ list: JSONNode) {
        for tool in list.elements { read(tool: tool, in: nil) }
    }

    private mutating func read(tool: JSONNode, in namespace: String?) {
        let kind = tool.word("type") ?? "function"
        switch kind {
        case "function": declare(tool.given("function") ?? tool, in: namespace)
        case "custom":
            if tool.given("input_schema") != nil {
                declare(tool, in: namespace)
            } else {
                declareCustom(tool.given("custom") ?? tool, in: namespace)
            }
        case "local_shell": add(ShapedTools.localShell)
        case "namespace":
            guard namespace == nil, let space = tool.word("name"), !space.isEmpty, let inner = tool.given("tools")
            else { return }
            for tool in inner.elements { read(tool: tool, in: space) }
        default:
            if kind.hasPrefix("web_search") || kind == "google_search" { search = search ?? SearchWish() }
        }
    }

    /// One function: `parameters` of the OpenAI forms or `input_schema` of Anthropic's.
    mutating func declare(_ function: JSONNode, in namespace: String? = nil) {
        guard let name = function.word("name"), !name.isEmpty else { return }
        let description = function.given("description")?.text
        add(
            ToolDeclaration(
                name: name, description: description?.isEmpty == true ? nil : description,
                schema: function.given("parameters") ?? function.given("input_schema")), in: namespace)
    }

    private mutating func declareCustom(_ tool: JSONNode, in namespace: String?) {
        guard let name = tool.word("name"), !name.isEmpty else { return }
        add(
            ToolDeclaration(
                name: name, description: ShapedTools.customDescription(tool), schema: ShapedTools.customSchema,
                form: .custom), in: namespace)
    }

    private mutating func add(_ tool: ToolDeclaration, in namespace: String? = nil) {
        var tool = tool
        if let namespace {
            let place = ToolDeclaration.Place(namespace: namespace, name: tool.name)
            tool.name = place.joined
            tool.place = place
        }
        if names.insert(tool.name).inserted { tools.append(tool) }
    }
}
