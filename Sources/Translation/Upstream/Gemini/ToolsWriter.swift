import JSON

/// Writes `tools` and `toolConfig`: one tool object with all declarations, or search alone.
struct ToolsWriter {
    let request: GenerationRequest
    let plan: RequestPlan
    let target: UpstreamTarget
    let schemas: CleanedSchemas

    private var model: TargetModel { target.model }

    func write(into writer: inout JSONWriter) {
        writeTools(into: &writer)
        if plan.kind == .agent, declaresFunctions { writeConfig(into: &writer) }
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
        writer.name("tools")
        writer.beginArray()
        writer.beginObject()
        writer.name("googleSearch")
        writer.beginObject()
        if target.api == .codeAssist { writeSearchWishes(into: &writer) }
        writer.endObject()
        writer.endObject()
        writer.endArray()
    }

    /// How to search. The public API has no such words.
    private func writeSearchWishes(into writer: inout JSONWriter) {
        if let count = request.search?.resultCountMax {
            writer.name("enhancedContent")
            writer.beginObject()
            writer.name("imageSearch")
            writer.beginObject()
            writer.field("maxResultCount", count)
            writer.endObject()
            writer.endObject()
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
            writer.beginObject()
            switch tool {
            case .codeExecution: writer.name("codeExecution")
            case .urlContext: writer.name("urlContext")
            }
            writer.beginObject()
            writer.endObject()
            writer.endObject()
        }
        writer.endArray()
    }

    private func writeDeclarations(into writer: inout JSONWriter) {
        writer.name("tools")
        writer.beginArray()
        writer.beginObject()
        writer.name("functionDeclarations")
        writer.beginArray()
        for (tool, schema) in zip(plan.tools, schemas.tools) {
            write(tool.name, tool.description, schema, into: &writer)
        }
        for name in plan.stubs { write(name, nil, schemas.nothing, into: &writer) }
        writer.endArray()
        writer.endObject()
        writer.endArray()
    }

    private func write(
        _ name: String, _ description: JSONString?, _ schema: [UInt8], into writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.field("name", plan.names.safeName(of: name))
        if let description { writer.field("description", description) }
        writer.name("parameters")
        writer.raw(schema)
        writer.endObject()
    }

    private func writeConfig(into writer: inout JSONWriter) {
        let (mode, names) = config
        guard let mode else { return }
        writer.name("toolConfig")
        writer.beginObject()
        writer.name("functionCallingConfig")
        writer.beginObject()
        writer.field("mode", literal: mode)
        if !names.isEmpty {
            writer.name("allowedFunctionNames")
            writer.beginArray()
            for name in names { writer.string(plan.names.safeName(of: name)) }
            writer.endArray()
        }
        writer.endObject()
        writer.endObject()
    }

    /// Mode of function calling, nil to leave it to the upstream, and the names that it is limited to.
    private var config: (mode: StaticString?, names: [String]) {
        if plan.tools.isEmpty { return ("NONE", []) }
        switch request.toolChoice {
        case .unspecified: return (model.isClaude ? "VALIDATED" : nil, [])
        case .auto, .allowed: return (model.isClaude ? "VALIDATED" : "AUTO", [])
        case .none: return ("NONE", [])
        case .required: return ("ANY", [])
        case .forced(let names): return ("ANY", names)
        case .validated(let names): return ("VALIDATED", names)
        }
    }
}
