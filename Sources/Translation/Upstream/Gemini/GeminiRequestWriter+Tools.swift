import JSON

/// `tools` and `toolConfig`: one tool object with all declarations, or search alone.
extension GeminiRequestWriter {
    func writeToolsAndConfig(into writer: inout JSONWriter) {
        writeTools(into: &writer)
        if plan.kind == .agent, declaresFunctions { writeToolConfig(into: &writer) }
    }

    /// The tools alone, without how they are to be used.
    func writeTools(into writer: inout JSONWriter) {
        switch plan.kind {
        case .webSearch: writeSearch(into: &writer)
        case .imageGeneration: return
        case .agent: if declaresFunctions { writeDeclarations(into: &writer) } else { writeHosted(into: &writer) }
        }
    }

    private var declaresFunctions: Bool { !plan.tools.isEmpty || !plan.stubs.isEmpty }

    private func writeSearch(into writer: inout JSONWriter) {
        writer.tokens(#""tools":[{"googleSearch":{"#)
        if target.api == .codeAssist { writeSearchWishes(into: &writer) }
        writer.tokens("}}]")
    }

    /// How to search. The public API has no such words.
    private func writeSearchWishes(into writer: inout JSONWriter) {
        if let count = request.search?.resultCountMax {
            writer.tokens(#""enhancedContent":{"imageSearch":{"maxResultCount":"#)
            writer.int(count)
            writer.tokens("}}")
        }
        if let domains = request.search?.includedDomains, !domains.isEmpty {
            writer.name("includedDomains")
            writer.beginArray()
            for domain in domains { writer.string(domain) }
            writer.endArray()
        }
    }

    private func writeHosted(into writer: inout JSONWriter) {
        guard !plan.hostedTools.isEmpty else { return }
        writer.name("tools")
        writer.beginArray()
        for tool in plan.hostedTools {
            switch tool {
            case .codeExecution: writer.tokens(#"{"codeExecution":{}}"#)
            case .urlContext: writer.tokens(#"{"urlContext":{}}"#)
            }
        }
        writer.endArray()
    }

    private func writeDeclarations(into writer: inout JSONWriter) {
        writer.tokens(#""tools":[{"functionDeclarations":["#)
        for (tool, schema) in zip(plan.tools, schemas.tools) {
            write(tool.name, tool.description, schema, into: &writer)
        }
        for name in plan.stubs { write(name, nil, schemas.nothing, into: &writer) }
        writer.tokens("]}]")
    }

    private func write(
        _ name: String, _ description: JSONString?, _ schema: [UInt8], into writer: inout JSONWriter
    ) {
        writer.tokens(#"{"name":"#)
        writer.string(plan.names.safeName(of: name))
        if let description { writer.field("description", description) }
        writer.name("parameters")
        writer.raw(schema)
        writer.tokens("}")
    }

    private func writeToolConfig(into writer: inout JSONWriter) {
        let (mode, names) = calling
        guard let mode else { return }
        writer.tokens(#""toolConfig":{"functionCallingConfig":{"mode":"#)
        writer.string(mode)
        if !names.isEmpty {
            writer.name("allowedFunctionNames")
            writer.beginArray()
            for name in names { writer.string(plan.names.safeName(of: name)) }
            writer.endArray()
        }
        writer.tokens("}}")
    }

    /// Mode of function calling, nil to leave it to the upstream, and the names that it is limited to.
    private var calling: (mode: StaticString?, names: [String]) {
        if plan.tools.isEmpty { return ("NONE", []) }
        switch request.toolChoice {
        case .unspecified: return (isClaude ? "VALIDATED" : nil, [])
        case .auto, .allowed: return (isClaude ? "VALIDATED" : "AUTO", [])
        case .none: return ("NONE", [])
        case .required: return ("ANY", [])
        case .forced(let names): return ("ANY", names)
        case .validated(let names): return ("VALIDATED", names)
        }
    }
}
