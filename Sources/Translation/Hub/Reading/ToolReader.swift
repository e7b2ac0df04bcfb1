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
        for tool in list.elements { read(tool: tool) }
    }

    private mutating func read(tool: JSONNode) {
        let kind = tool.word("type") ?? "function"
        if kind == "function" || kind == "custom" && tool.given("input_schema") != nil {
            declare(tool.given("function") ?? tool)
        } else if kind.hasPrefix("web_search") || kind == "google_search" {
            search = search ?? SearchWish()
        }
    }

    /// One function: `parameters` of the OpenAI forms or `input_schema` of Anthropic's.
    mutating func declare(_ function: JSONNode) {
        guard let name = function.word("name"), !name.isEmpty, names.insert(name).inserted else { return }
        let description = function.given("description")?.text
        tools.append(
            ToolDeclaration(
                name: name, description: description?.isEmpty == true ? nil : description,
                schema: function.given("parameters") ?? function.given("input_schema")))
    }
}
