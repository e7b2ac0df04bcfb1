import GoogleAPI
import JSON

/// A generation or counting call whose shape is right, as the rules look at it.
nonisolated struct UpstreamCall: Sendable {
    enum Method: String, Sendable, CaseIterable {
        case generateContent, streamGenerateContent, countTokens
    }

    /// Which of Google's two APIs was called.
    enum API: Sendable { case codeAssist, gemini }

    let method: Method
    let api: API
    let envelope: JSONNode
    /// The inner `request`; an empty object if it is missing.
    let request: JSONNode?
    /// Bare upstream id.
    let model: String
    let facts: ModelFacts
    let contents: [ContentView]
    let system: ContentView?
    let tools: [JSONNode]
    let declarations: [DeclarationView]
    let config: JSONNode?
    let thinking: JSONNode?
    /// Project of the account whose token came along; nil if it has none.
    let project: String?
    let isRequestIDRepeated: Bool

    init(
        _ method: Method, _ root: JSONNode, project: String?, isRequestIDRepeated: (String) -> Bool,
        api: API = .codeAssist
    ) {
        self.method = method
        self.api = api
        envelope = root
        request = root.field("request")
        let named = (method == .countTokens ? request : root)?.field("model")?.string ?? ""
        model = method == .countTokens && named.hasPrefix("models/") ? String(named.dropFirst(7)) : named
        facts = ModelFacts.of(model)
        let list = request?.field("contents").map { Array($0.elements) } ?? []
        contents = list.enumerated().map { ContentView($1, path: "request.contents[\($0)]") }
        system = request?.field("systemInstruction", "system_instruction")
            .map { ContentView($0, path: "request.system_instruction") }
        tools = request?.field("tools").map { Array($0.elements) } ?? []
        declarations = DeclarationView.all(in: tools)
        config = request?.field("generationConfig", "generation_config")
        thinking = config?.field("thinkingConfig", "thinking_config")
        self.project = project
        self.isRequestIDRepeated = root.field("requestId", "request_id")?.string.map(isRequestIDRepeated) ?? false
    }

    var isClaude: Bool { facts.family.isClaude }
    var isThinkingOn: Bool { thinking != nil }
    var requestType: String? { envelope.field("requestType", "request_type")?.string }
    var parts: [PartView] { contents.flatMap(\.parts) }
    var hasSearch: Bool { tools.contains { $0.field("googleSearch", "google_search") != nil } }

    var toolMode: String? {
        request?.field("toolConfig", "tool_config")?.field("functionCallingConfig", "function_calling_config")?
            .field("mode")?.string
    }

    /// Index of the first content of the current turn: what follows the last user content with ordinary content in it.
    var currentTurnStart: Int { contents.lastIndex { $0.isOrdinary }.map { $0 + 1 } ?? 0 }
}

/// A declared function.
nonisolated struct DeclarationView: Sendable {
    let node: JSONNode
    let path: String
    var name: String { node.field("name")?.string ?? "" }
    var parameters: JSONNode? { node.field("parameters") }

    static func all(in tools: [JSONNode]) -> [DeclarationView] {
        tools.enumerated().flatMap { index, tool in
            let list = tool.field("functionDeclarations", "function_declarations").map { Array($0.elements) } ?? []
            return list.enumerated().map {
                DeclarationView(node: $1, path: "request.tools[\(index)].function_declarations[\($0)]")
            }
        }
    }
}
