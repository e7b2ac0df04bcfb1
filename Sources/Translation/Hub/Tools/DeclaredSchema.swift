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
        if schema["properties"]?.object?.isEmpty == false { return false }
        let open = [
            "additionalProperties", "patternProperties", "allOf", "anyOf", "oneOf", "$ref", "if", "then", "else",
        ]
        if open.contains(where: { object[$0] != nil && object[$0] != .bool(false) }) { return false }
        return object.members.allSatisfy { SchemaKeywords.isKnown($0.name) }
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
    /// Whether a schema without a type is cleaned into an object.
    static func isObjectShaped(_ schema: JSONValue) -> Bool {
        var cleaner = SchemaCleaner(schema, dialect: .gemini, position: .parameters)
        return cleaner.shape(of: SchemaChild(schema), depth: 0).settledType == .object
    }
}
