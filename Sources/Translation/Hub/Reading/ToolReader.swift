import APIErrors
import JSON

/// Reads tool declarations in any of the forms clients send to any endpoint: OpenAI's nested and flat form, Anthropic's own and
/// those that Anthropic defines by their kind.
///
/// A tool without a usable name and unknown kinds are skipped; of equal names the first wins.
struct ToolReader {
    private(set) var tools: [ToolDeclaration] = []
    private(set) var search: SearchWish?
    /// What the client calls its searches: no functions, but a choice of tools may name them.
    private(set) var searchNames: Set<String> = []
    private var names: Set<String> = []

    mutating func read(_ list: JSONNode) {
        for tool in list.elements { read(tool: tool) }
    }

    mutating func read(tool: JSONNode, in namespace: String? = nil) {
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
            if kind.hasPrefix("web_search") || kind == "google_search" {
                readSearch(tool)
            } else if let definition = ClientTools.definition(of: tool, kind: kind) {
                declare(tool, as: definition, in: namespace)
            }
        }
    }

    private mutating func readSearch(_ tool: JSONNode) {
        if let name = tool.word("name") { searchNames.insert(name) }
        guard search == nil else { return }
        var wish = SearchWish()
        if let domains = tool.given("allowed_domains"), domains.kind == .array {
            wish.includedDomains = domains.elements.compactMap(\.string).filter { !$0.isEmpty }
        }
        if let uses = tool.given("max_uses")?.int, uses > 0 { wish.resultCountMax = uses }
        search = wish
    }

    /// One function: `parameters` of the OpenAI forms and of Google's, `input_schema` of Anthropic's, Google's full schema.
    ///
    /// - Parameter definition: of a tool whose parameters its kind says.
    mutating func declare(
        _ function: JSONNode, as definition: ClientTools.Definition? = nil, in namespace: String? = nil
    ) {
        guard let name = function.word("name"), !name.isEmpty else { return }
        let description = function.given("description")?.text ?? definition.map { JSONString($0.description) }
        add(
            ToolDeclaration(
                name: name, description: description?.isEmpty == true ? nil : description,
                schema: definition?.schema ?? function.given("parameters") ?? function.given("input_schema")
                    ?? function.given("parametersJsonSchema", "parameters_json_schema")),
            in: namespace)
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
