import JSON

/// Words of JSON Schema and what becomes of them.
enum SchemaKeywords {
    /// Longest text of all constraints of one schema, in characters.
    static let hintSizeMax = 500
    /// Longest `not` schema that is shown in a description, in bytes.
    static let excludedSizeMax = 200

    /// Constraints that become words in the description.
    private static let constraints = [
        "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "format", "default", "examples",
    ]

    private static let others: Set<String> = [
        "type", "title", "description", "properties", "required", "items", "prefixItems", "enum", "const", "nullable",
        "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "$ref", "$defs", "definitions", "$schema", "$id",
        "$anchor",
        "$comment", "$dynamicRef", "$dynamicAnchor", "$vocabulary", "id", "additionalProperties", "additionalItems",
        "patternProperties", "propertyNames", "unevaluatedProperties", "unevaluatedItems", "dependencies",
        "dependentRequired", "dependentSchemas", "contains", "minContains", "maxContains", "contentEncoding",
        "contentMediaType", "contentSchema", "readOnly", "writeOnly", "deprecated", "discriminator", "xml",
        "externalDocs",
        "enumDescriptions", "example", "cache_control", "strict", "encrypted", "prefill",
    ]

    static func isKnown(_ name: String) -> Bool {
        others.contains(name) || constraints.contains(name) || name.hasPrefix("x-")
    }

    /// `[minLength: 1, pattern: ^a]`; nil if the schema has no constraint that can be shown.
    static func constraintHint(_ keywords: JSONObject) -> String? {
        var pieces: [String] = []
        for name in constraints {
            guard let value = keywords[name], let text = text(of: value) else { continue }
            pieces.append("\(name): \(text)")
        }
        guard !pieces.isEmpty else { return nil }
        let text = pieces.joined(separator: ", ")
        return "[" + (text.count > hintSizeMax ? text.prefix(hintSizeMax) + "..." : text) + "]"
    }

    /// A scalar in words; nil for what would be too long or says nothing.
    static func text(of value: JSONValue) -> String? {
        switch value {
        case .bool(let isTrue): isTrue ? "true" : "false"
        case .number(let text): text
        case .string(let text): text
        case .null, .array, .object: nil
        }
    }

    /// Whether nothing can be nested in this schema: such a leaf may stand at any depth.
    static func isPlainScalar(_ schema: JSONValue) -> Bool {
        guard case .object(let object) = schema else { return true }
        guard let type = object["type"]?.string.flatMap({ SchemaType(word: $0) }), type != .object, type != .array
        else {
            return false
        }
        return object.members.allSatisfy { member in
            if case .object = member.value { return false }
            return !["$ref", "allOf", "anyOf", "oneOf"].contains(member.name)
        }
    }

    /// Whether an alternative means nothing but `null`.
    static func isNull(_ schema: JSONValue, _ shape: SchemaShape) -> Bool {
        guard case .object = schema else { return schema.isNull }
        if shape.isNullable, shape.rank == 0, shape.properties.isEmpty { return true }
        return shape.types.isEmpty && shape.values?.isEmpty == false && shape.values?.allSatisfy(\.isNull) == true
    }

    /// The words of alternatives that are all choices of strings; nil if they are not.
    static func stringChoice(_ alternatives: [SchemaShape]) -> [JSONValue]? {
        var words: [JSONValue] = []
        for alternative in alternatives {
            guard let values = alternative.values, !values.isEmpty else { return nil }
            for value in values where !value.isNull {
                guard value.string != nil else { return nil }
                if !words.contains(value) { words.append(value) }
            }
        }
        return words
    }
}
