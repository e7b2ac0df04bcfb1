import GoogleAPI
import JSON

nonisolated extension StrictRules {
    /// Rules for declarations and their configuration.
    static let tools: [StrictRule] = [
        StrictRule("tool-empty", "a tool says which one it is") { call in
            for (index, tool) in call.tools.enumerated() {
                let declares = tool.field("functionDeclarations", "function_declarations")
                if tool.count == 0 || declares?.count == 0 {
                    return .init(
                        "request.tools[\(index)]",
                        "tools[\(index)].tool_type: required one_of 'tool_type' must have one initialized field")
                }
            }
            return nil
        },
        StrictRule("tool-mix", "function declarations stand alone") { call in
            let searches = call.tools.filter { tool in
                tool.field("googleSearch", "google_search") != nil || tool.field("urlContext", "url_context") != nil
                    || tool.field("codeExecution", "code_execution") != nil
                    || tool.field("googleSearchRetrieval", "google_search_retrieval") != nil
            }
            guard !searches.isEmpty, !call.declarations.isEmpty else { return nil }
            return .init("request.tools", "Multiple tools are supported only when they are all search tools.")
        },
        StrictRule("search-retrieval", "googleSearchRetrieval is for 1.5 models") { call in
            guard call.tools.contains(where: { $0.field("googleSearchRetrieval", "google_search_retrieval") != nil }),
                !call.model.hasPrefix("gemini-1.5")
            else { return nil }
            return .init(
                "request.tools", "google_search_retrieval is not supported. Please use google_search tool instead.")
        },
        StrictRule("search-model", "Claude does not search") { call in
            call.hasSearch && call.isClaude
                ? .init("request.tools", "Search Grounding is not supported for \(call.model).") : nil
        },
        StrictRule("function-tools", "one tool holds all function declarations") { call in
            let holders = call.tools.filter { $0.field("functionDeclarations", "function_declarations") != nil }
            return holders.count > 1
                ? .init("request.tools", "Function declarations belong into one tool.") : nil
        },
        StrictRule("function-name", "a declared name fits the model's pattern") { call in
            guard let bad = call.declarations.first(where: { !FunctionName.isValid($0.name, forClaude: call.isClaude) })
            else { return nil }
            return .init(
                "\(bad.path).name",
                "Invalid function name. Must start with a letter or an underscore, be alphanumeric with underscores, dots, colons or dashes, with a maximum length of 64: '\(bad.name.prefix(80))'."
            )
        },
        StrictRule("function-duplicate", "no name is declared twice") { call in
            var seen: Set<String> = []
            guard let twice = call.declarations.first(where: { !seen.insert($0.name).inserted }) else { return nil }
            return .init("\(twice.path).name", "Duplicate function declaration found: \(twice.name)")
        },
        StrictRule("tool-mode", "the calling mode is AUTO, ANY, NONE or VALIDATED") { call in
            guard let mode = call.toolMode, !["AUTO", "ANY", "NONE", "VALIDATED"].contains(mode) else { return nil }
            return .init(
                "request.tool_config.function_calling_config.mode",
                "Invalid value at 'request.tool_config.function_calling_config.mode' (TYPE_ENUM), \"\(mode.prefix(40))\""
            )
        },
        StrictRule("tool-mode-functions", "a forced call needs declarations") { call in
            call.toolMode == "ANY" && call.declarations.isEmpty
                ? .init("request.tool_config", "Function calling config is set without function_declarations.") : nil
        },
        StrictRule("allowed-names", "allowed names are declared ones, and go with ANY or VALIDATED") { call in
            let path = "request.tool_config.function_calling_config.allowed_function_names"
            guard let list = call.allowedNames else { return nil }
            if call.toolMode != "ANY", call.toolMode != "VALIDATED" {
                return .init(path, "Allowed function names should only be set when function calling mode is ANY.")
            }
            let declared = Set(call.declarations.map(\.name))
            guard !list.isEmpty, list.allSatisfy({ declared.contains($0) }) else {
                return .init(path, "Allowed function names contain a function that is not declared.")
            }
            return nil
        },
        StrictRule("safety-settings", "categories and thresholds are known ones; Claude has none") { call in
            guard let list = call.request?.field("safetySettings", "safety_settings") else { return nil }
            if call.isClaude {
                return .init("request.safety_settings", "safety_settings is not supported for \(call.model).")
            }
            for (index, setting) in list.elements.enumerated() {
                let category = setting.field("category")?.string ?? ""
                let threshold = setting.field("threshold")?.string ?? ""
                if !SafetyWords.categories.contains(category) || !SafetyWords.thresholds.contains(threshold) {
                    return .init(
                        "request.safety_settings[\(index)]",
                        "Invalid value at 'request.safety_settings[\(index)]' (TYPE_ENUM).")
                }
            }
            return nil
        },
    ]
}

nonisolated extension UpstreamCall {
    var allowedNames: [String]? {
        request?.field("toolConfig", "tool_config")?.field("functionCallingConfig", "function_calling_config")?
            .field("allowedFunctionNames", "allowed_function_names").map { $0.elements.compactMap(\.string) }
    }
}

/// Words of safety settings (Gemini API reference, "HarmCategory", "HarmBlockThreshold").
nonisolated enum SafetyWords {
    static let categories: Set<String> = [
        "HARM_CATEGORY_HARASSMENT", "HARM_CATEGORY_HATE_SPEECH", "HARM_CATEGORY_SEXUALLY_EXPLICIT",
        "HARM_CATEGORY_DANGEROUS_CONTENT", "HARM_CATEGORY_CIVIC_INTEGRITY",
    ]
    static let thresholds: Set<String> = [
        "OFF", "BLOCK_NONE", "BLOCK_ONLY_HIGH", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_LOW_AND_ABOVE",
    ]
}
