import JSON

/// Made-up values that fit a schema: arguments of calls and structured answers.
nonisolated enum SampleArguments {
    private static let depthMax = 24

    /// - Parameter seed: text from the prompt, so that strings are about something.
    static func value(for schema: JSONNode?, seed: String, depth: Int = 0) -> JSONValue {
        guard let schema, depth < depthMax else { return .object([:]) }
        switch SchemaView.type(of: schema) {
        case "object": return object(for: schema, seed: seed, depth: depth)
        case "array": return [value(for: schema.field("items"), seed: seed, depth: depth + 1)]
        case "integer": return 3
        case "number": return .number("1.5")
        case "boolean": return true
        default:
            let words = schema.field("enum")?.elements.compactMap(\.string) ?? []
            return .string(words.first ?? seed)
        }
    }

    /// Required properties, or all of them if none is.
    private static func object(for schema: JSONNode, seed: String, depth: Int) -> JSONValue {
        guard let properties = schema.field("properties") else { return .object([:]) }
        let required = Set(schema.field("required")?.elements.compactMap(\.string) ?? [])
        var object: JSONObject = [:]
        for (nameNode, property) in properties.members {
            let name = nameNode.string ?? ""
            guard required.isEmpty || required.contains(name) else { continue }
            object.append(name, value(for: property, seed: seed, depth: depth + 1))
        }
        return .object(object)
    }
}
