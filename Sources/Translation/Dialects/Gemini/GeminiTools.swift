import APIErrors
import JSON

/// Reads `tools` and `toolConfig`.
enum GeminiTools {
    static func read(_ body: JSONNode, into request: inout GenerationRequest) throws(APIFailure) {
        var reader = ToolReader()
        if let list = body.given("tools") {
            switch list.kind {
            case .array: for tool in list.elements { read(tool, &reader, into: &request) }
            case .object: read(list, &reader, into: &request)
            default: throw RequestReading.refuse(list, "must be an array")
            }
        }
        request.tools = reader.tools
        request.search = reader.search ?? request.search
        guard let config = try RequestReading.object(body, "toolConfig", "tool_config"),
            let calling = try RequestReading.object(config, "functionCallingConfig", "function_calling_config")
        else { return }
        request.toolChoice = try choice(calling, Set(request.tools.map(\.name)))
    }

    private static func read(_ tool: JSONNode, _ reader: inout ToolReader, into request: inout GenerationRequest) {
        var isGoogles = false
        if let declarations = tool.given("functionDeclarations", "function_declarations") {
            isGoogles = true
            if declarations.kind == .object { reader.declare(declarations) }
            for declaration in declarations.elements { reader.declare(declaration) }
        }
        if let search = tool.given("googleSearch", "google_search") {
            isGoogles = true
            var wish = SearchWish()
            let domains = search.given("includedDomains", "included_domains")
            wish.includedDomains = domains?.elements.compactMap(\.string) ?? []
            request.search = wish
        } else if tool.given("googleSearchRetrieval", "google_search_retrieval") != nil {
            isGoogles = true
            request.search = request.search ?? SearchWish()
        }
        if tool.given("codeExecution", "code_execution") != nil {
            isGoogles = true
            request.hostedTools.insert(.codeExecution)
        }
        if tool.given("urlContext", "url_context") != nil {
            isGoogles = true
            request.hostedTools.insert(.urlContext)
        }
        if !isGoogles { reader.read(tool: tool) }
    }

    private static func choice(_ node: JSONNode, _ declared: Set<String>) throws(APIFailure) -> ToolChoice {
        var names: [String] = []
        let list = node.given("allowedFunctionNames", "allowed_function_names")
        for name in list?.elements.map(\.self) ?? [] {
            guard let text = name.string else { throw RequestReading.refuse(name, "must be a string") }
            guard declared.contains(text) else {
                throw RequestReading.refuse(name, "is not among the declared functions")
            }
            names.append(text)
        }
        guard let mode = node.given("mode") else { return .unspecified }
        switch mode.string?.uppercased() {
        case "MODE_UNSPECIFIED": return .unspecified
        case "AUTO": return .auto
        case "NONE": return .none
        case "ANY": return names.isEmpty ? .required : .forced(names)
        case "VALIDATED": return .validated(names)
        default: throw RequestReading.refuse(mode, "must be AUTO, ANY, NONE or VALIDATED")
        }
    }
}
