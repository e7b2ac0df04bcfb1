import GoogleAPI
import JSON

nonisolated extension StrictRules {
    /// Rules for schemas: parameters of declarations and the schema of the answer.
    static let schemas: [StrictRule] = [
        StrictRule("schema-root", "parameters are an object") { call in
            for declaration in call.declarations {
                guard let schema = declaration.parameters else { continue }
                if SchemaView.type(of: schema) != "object" {
                    return .init(
                        "\(declaration.path).parameters",
                        "\(declaration.path).parameters schema should be of type OBJECT.")
                }
            }
            return nil
        },
        schemaRule("schema-type", "a schema has a type, one of six") { schema, path, _ in
            let type = SchemaView.type(of: schema)
            if SchemaView.types.contains(type) { return nil }
            return
                "Invalid value at '\(path).type' (type.googleapis.com/google.ai.generativelanguage.v1beta.Type), \"\(type.prefix(40))\""
        },
        schemaRule("schema-items", "an array has items") { schema, path, _ in
            SchemaView.type(of: schema) == "array" && schema.field("items") == nil
                ? "\(path).items: missing field." : nil
        },
        schemaRule("schema-placement", "properties belong to objects, items to arrays, enum to strings") {
            schema, path, _ in
            let type = SchemaView.type(of: schema)
            if schema.field("properties") != nil, type != "object" {
                return "\(path).properties: only allowed for OBJECT type"
            }
            if schema.field("required") != nil, type != "object" {
                return "\(path).required: only allowed for OBJECT type"
            }
            if schema.field("items") != nil, type != "array" { return "\(path).items: only allowed for ARRAY type" }
            if schema.field("enum") != nil, type != "string" { return "\(path).enum: only allowed for STRING type" }
            return nil
        },
        schemaRule("schema-enum", "an enum is a list of different words, none of them empty") { schema, path, _ in
            guard let words = schema.field("enum")?.elements.compactMap(\.string) else { return nil }
            if words.isEmpty || words.contains("") { return "\(path).enum[0]: cannot be empty" }
            return Set(words).count == words.count ? nil : "\(path).enum: duplicate values"
        },
        schemaRule("schema-required", "what is required is a property, named once") { schema, path, _ in
            guard let names = schema.field("required")?.elements.compactMap(\.string) else { return nil }
            let properties = Set(schema.field("properties").map { $0.members.compactMap(\.name.string) } ?? [])
            if let index = names.firstIndex(where: { !properties.contains($0) }) {
                return "\(path).required[\(index)]: property is not defined"
            }
            if names.isEmpty { return "\(path).required: cannot be an empty list" }
            return Set(names).count == names.count ? nil : "\(path).required: duplicate names"
        },
        schemaRule("schema-depth", "schemas nest at most 32 levels") { _, path, depth in
            depth <= 32
                ? nil : "\(path): A schema in GenerationConfig or a tool exceeds the maximum allowed nesting depth."
        },
        StrictRule("schema-claude", "for Claude: no title, no nullable, no object without properties") { call in
            guard call.isClaude else { return nil }
            for declaration in call.declarations {
                guard let schema = declaration.parameters else {
                    return .init(declaration.path, "\(declaration.path).parameters: input_schema is required.")
                }
                let found = SchemaView.first(in: schema, path: "\(declaration.path).parameters") { schema, path, _ in
                    if schema.field("title") != nil { return "\(path).title: not supported for \(call.model)." }
                    if schema.field("nullable") != nil { return "\(path).nullable: not supported for \(call.model)." }
                    let isBare =
                        SchemaView.type(of: schema) == "object" && (schema.field("properties")?.count ?? 0) == 0
                    return isBare ? "\(path).properties: should be non-empty for OBJECT type" : nil
                }
                if let found { return .init(found.path, found.message) }
            }
            return nil
        },
    ]

    /// A rule for every schema of a call, nested ones included. `check` gets the schema, its path and its depth.
    private static func schemaRule(
        _ name: String, _ summary: String, _ check: @escaping @Sendable (JSONNode, String, Int) -> String?
    ) -> StrictRule {
        StrictRule(name, summary) { call in
            for (path, schema) in call.schemas {
                if let found = SchemaView.first(in: schema, path: path, check) {
                    return .init(found.path, found.message)
                }
            }
            return nil
        }
    }
}

nonisolated extension UpstreamCall {
    /// Root schemas of a call with their places.
    var schemas: [(path: String, schema: JSONNode)] {
        var found = declarations.compactMap { declaration in
            declaration.parameters.map { (path: "\(declaration.path).parameters", schema: $0) }
        }
        if let schema = config?.field("responseSchema", "response_schema") {
            found.append(("request.generation_config.response_schema", schema))
        }
        return found
    }
}

/// Looking at schemas.
nonisolated enum SchemaView {
    static let types: Set<String> = ["string", "number", "integer", "boolean", "array", "object"]

    /// The type in lower case: upstream takes both.
    static func type(of schema: JSONNode) -> String { (schema.field("type")?.string ?? "").lowercased() }

    /// The first finding in a schema and everything below it.
    static func first(
        in schema: JSONNode, path: String, depth: Int = 1, _ check: (JSONNode, String, Int) -> String?
    ) -> (path: String, message: String)? {
        if let message = check(schema, path, depth) { return (path, message) }
        if let items = schema.field("items"),
            let found = first(in: items, path: "\(path).items", depth: depth + 1, check)
        {
            return found
        }
        guard let properties = schema.field("properties") else { return nil }
        for (name, value) in properties.members {
            let place = "\(path).properties[\(name.string ?? "")]"
            if let found = first(in: value, path: place, depth: depth + 1, check) { return found }
        }
        return nil
    }
}
