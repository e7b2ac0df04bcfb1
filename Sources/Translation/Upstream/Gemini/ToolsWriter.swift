import JSON

/// Writes `tools` and `toolConfig`: one tool object with all declarations, or search alone.
struct ToolsWriter {
    let request: GenerationRequest
    let plan: RequestPlan
    let model: TargetModel

    private var dialect: SchemaCleaner.Dialect { model.isClaude ? .claude : .gemini }

    func write(into writer: inout JSONWriter, schemas: inout SchemaCache) {
        switch plan.kind {
        case .webSearch: writeSearch(into: &writer)
        case .imageGeneration: return
        case .agent:
            guard !plan.tools.isEmpty || !plan.stubs.isEmpty else { return }
            writeDeclarations(into: &writer, schemas: &schemas)
            writeConfig(into: &writer)
        }
    }

    private func writeSearch(into writer: inout JSONWriter) {
        writer.name("tools")
        writer.beginArray()
        writer.beginObject()
        writer.name("googleSearch")
        writer.beginObject()
        if let domains = request.search?.includedDomains, !domains.isEmpty {
            writer.name("includedDomains")
            writer.beginArray()
            for domain in domains { writer.string(domain) }
            writer.endArray()
        }
        writer.endObject()
        writer.endObject()
        writer.endArray()
    }

    private func writeDeclarations(into writer: inout JSONWriter, schemas: inout SchemaCache) {
        writer.name("tools")
        writer.beginArray()
        writer.beginObject()
        writer.name("functionDeclarations")
        writer.beginArray()
        for tool in plan.tools {
            write(tool.name, tool.description, tool.schema, into: &writer, schemas: &schemas)
        }
        for name in plan.stubs { write(name, nil, nil, into: &writer, schemas: &schemas) }
        writer.endArray()
        writer.endObject()
        writer.endArray()
    }

    private func write(
        _ name: String, _ description: JSONString?, _ schema: JSONNode?, into writer: inout JSONWriter,
        schemas: inout SchemaCache
    ) {
        writer.beginObject()
        writer.field("name", plan.names.safeName(of: name))
        if let description { writer.field("description", description) }
        writer.name("parameters")
        writer.raw(schemas.entry(for: schema, dialect: dialect, position: .parameters).cleaned)
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
        }
    }
}
