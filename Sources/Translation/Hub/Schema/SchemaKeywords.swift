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

    /// Keywords that may stand beside a reference and then win over the target's.
    static var all: [String] { constraints + others }

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

    /// Members, or values of an enum, that are read for one unit of work.
    static let membersPerWork = 32
    /// Bytes of text that are copied for one unit of work.
    private static let bytesPerWork = 64

    /// Units of work that one look at this schema takes, what is below it not counted.
    static func work(of schema: JSONValue) -> Int {
        guard case .object(let object) = schema else { return 1 }
        var members = object.count
        var bytes = 0
        for member in object.members {
            bytes += member.name.utf8.count
            switch member.value {
            case .string(let text): bytes += text.utf8.count
            case .array(let elements):
                members += elements.count
                for case .string(let text) in elements { bytes += text.utf8.count }
            case .object(let inner):
                members += inner.count
                for name in inner.members.lazy.map(\.name) { bytes += name.utf8.count }
            default: break
            }
        }
        return 1 + members / membersPerWork + bytes / bytesPerWork
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
        var seen: Set<String> = []
        for alternative in alternatives {
            guard let values = alternative.values, !values.isEmpty else { return nil }
            for value in values where !value.isNull {
                guard let word = value.string else { return nil }
                if seen.insert(word).inserted { words.append(value) }
            }
        }
        return words
    }
}
