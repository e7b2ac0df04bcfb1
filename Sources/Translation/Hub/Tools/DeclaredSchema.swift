import JSON

/// A client's schema as it was declared, read just far enough to judge arguments by it.
struct DeclaredSchema {
    /// References and compositions followed for one question.
    private static let stepsMax = 32

    let root: JSONValue?

    init(_ root: JSONValue?) { self.root = root }

    /// False only if the client declared a root of another type, which was sent inside an object.
    var hasObjectRoot: Bool {
        guard let schema = resolve(root), case .object = schema else { return true }
        let types = types(of: schema)
        return types.isEmpty ? SchemaCleaner.isObjectShaped(schema) : types.contains(.object)
    }

    /// A tool without parameters: whatever the model sends means nothing.
    var declaresNothing: Bool {
        guard let schema = resolve(root), case .object(let object) = schema else { return true }
        if !Self.properties(of: schema).isEmpty { return false }
        let open = [
            "additionalProperties", "patternProperties", "allOf", "anyOf", "oneOf", "$ref", "if", "then", "else",
        ]
        if open.contains(where: { object[$0] != nil && object[$0] != .bool(false) }) { return false }
        return object.members.allSatisfy { SchemaKeywords.isKnown($0.name) }
    }

    /// The properties that an object may have: `false` in place of a schema forbids one.
    static func properties(of schema: JSONValue) -> JSONObject {
        var properties = schema["properties"]?.object ?? [:]
        properties.members.removeAll { $0.value == .bool(false) }
        return properties
    }

    /// The schema of an array's elements; the first of a tuple stands for all, as in the cleaned schema.
    static func elements(of schema: JSONValue) -> JSONValue? {
        schema["prefixItems"]?.array?.first ?? schema["items"]?.array?.first ?? schema["items"]
    }

    /// What a schema says of values of one type: itself with the members of `allOf`, or the one of its alternatives that speaks
    /// of such values.
    func part(of schema: JSONValue, for type: SchemaType) -> JSONValue {
        var steps = 0
        return part(of: schema, for: type, &steps) ?? schema
    }

    private func part(of schema: JSONValue, for type: SchemaType, _ steps: inout Int) -> JSONValue? {
        steps += 1
        guard steps <= Self.stepsMax, case .object(var own)? = resolve(schema) else { return nil }
        for member in own["allOf"]?.array ?? [] {
            guard let other = part(of: member, for: type, &steps)?.object else { continue }
            var properties = own["properties"]?.object ?? [:]
            for property in other["properties"]?.object?.members ?? [] where properties[property.name] == nil {
                properties[property.name] = property.value
            }
            if !properties.isEmpty { own["properties"] = .object(properties) }
            let required = (own["required"]?.array ?? []) + (other["required"]?.array ?? [])
            if !required.isEmpty { own["required"] = .array(required) }
            for name in ["items", "prefixItems"] where own[name] == nil { own[name] = other[name] }
        }
        let isSaid = type == .object ? own["properties"] != nil : own["items"] != nil || own["prefixItems"] != nil
        guard !isSaid, let alternatives = (own["anyOf"] ?? own["oneOf"])?.array else { return .object(own) }
        let fitting = alternatives.filter { types(of: $0).contains(type) }
        guard fitting.count == 1 else { return .object(own) }
        return part(of: fitting[0], for: type, &steps)
    }

    /// The schema behind a reference; nil if there is none to be had.
    func resolve(_ schema: JSONValue?) -> JSONValue? {
        guard var schema, let root else { return nil }
        for _ in 0..<Self.stepsMax {
            guard let reference = schema["$ref"]?.string else { return schema }
            guard let target = SchemaPointer.find(reference, in: root) else { return nil }
            schema = target
        }
        return nil
    }

    /// The types a schema accepts; empty when it does not say, or says it in a way that is not followed here.
    func types(of schema: JSONValue) -> Set<SchemaType> {
        var steps = 0
        return types(of: schema, &steps) ?? []
    }

    private func types(of schema: JSONValue, _ steps: inout Int) -> Set<SchemaType>? {
        steps += 1
        guard steps <= Self.stepsMax, let schema = resolve(schema) else { return nil }
        switch schema["type"] {
        case .string(let word): return SchemaType(word: word).map { [$0] }
        case .array(let words):
            return Set(words.compactMap { $0.string.flatMap { SchemaType(word: $0) } })
        default: break
        }
        guard let alternatives = (schema["anyOf"] ?? schema["oneOf"])?.array else { return nil }
        var all: Set<SchemaType> = []
        for alternative in alternatives where alternative["type"] != "null" {
            guard let types = types(of: alternative, &steps) else { return nil }
            all.formUnion(types)
        }
        return all
    }
}

extension SchemaCleaner {
    /// Whether a root without a type is cleaned into an object.
    static func isObjectShaped(_ schema: JSONValue) -> Bool {
        var cleaner = SchemaCleaner(schema, dialect: .gemini, position: .parameters)
        return cleaner.shape(of: SchemaChild(schema), depth: 0).isObjectRoot
    }
}
