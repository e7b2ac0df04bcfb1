import JSON

/// Brings the arguments of a call in line with the schema that the client declared, before the client sees them: small slips
/// of models, and what this gateway itself added to a schema. Never invents a value.
struct ArgumentRepair {
    /// Pairs of names that models take for one another, in both directions.
    private static let twins = [("path", "file_path"), ("query", "pattern"), ("cmd", "command")]
    /// Levels of nesting that are looked at.
    private static let depthMax = 24

    private let schemas: DeclaredSchema
    /// Whether empty objects had a placeholder property (Claude).
    private let removesPlaceholder: Bool

    /// - Parameter schema: the declared schema, empty for a tool without one.
    init(schema: [UInt8], removesPlaceholder: Bool) {
        // An unreadable schema was not accepted as part of a request; an empty one declares no properties.
        schemas = DeclaredSchema((try? JSONDocument(parsing: schema))?.root.value())
        self.removesPlaceholder = removesPlaceholder
    }

    func repair(_ arguments: JSONNode) -> RawJSON {
        guard schemas.hasObjectRoot else { return unwrapped(arguments) }
        if schemas.declaresNothing { return .emptyObject }
        let value = arguments.value()
        let repaired = self.repaired(value, by: schemas.root, depth: 0)
        // Untouched arguments go out as they were spelled.
        return repaired == value ? RawJSON(arguments) : RawJSON(repaired)
    }

    /// The value out of the object that stood in for a root of another type.
    private func unwrapped(_ arguments: JSONNode) -> RawJSON {
        guard let value = arguments.member(SchemaCleaner.wrapper), arguments.count == 1 else {
            return RawJSON(arguments)
        }
        return RawJSON(value)
    }

    private func repaired(_ value: JSONValue, by schema: JSONValue?, depth: Int) -> JSONValue {
        guard depth < Self.depthMax, let schema = schemas.resolve(schema) else { return value }
        let types = schemas.types(of: schema)
        let fitting = converted(value, to: types)
        switch fitting {
        case .object(let object):
            guard types.isEmpty || types.contains(.object) else { return fitting }
            return .object(repaired(object, by: schemas.part(of: schema, for: .object), depth: depth))
        case .array(let elements):
            let schema = schemas.part(of: schema, for: .array)
            guard let items = DeclaredSchema.elements(of: schema), case .object = items else { return fitting }
            return .array(elements.map { repaired($0, by: items, depth: depth + 1) })
        default: return fitting
        }
    }

    private func repaired(_ object: JSONObject, by schema: JSONValue, depth: Int) -> JSONObject {
        let properties = DeclaredSchema.properties(of: schema)
        var object = object
        // The placeholder also stands where a schema was too deep, or came round to itself.
        if removesPlaceholder, properties[SchemaCleaner.placeholder] == nil,
            object[SchemaCleaner.placeholder]?.string != nil
        {
            object.remove(SchemaCleaner.placeholder)
        }
        guard !properties.isEmpty else { return object }
        renameTwin(in: &object, properties: properties, required: schema["required"]?.array?.compactMap(\.string) ?? [])
        for index in object.members.indices {
            let member = object.members[index]
            guard let property = properties[member.name] else { continue }
            object.members[index].value = repaired(member.value, by: property, depth: depth + 1)
        }
        return object
    }

    /// An undeclared argument takes the name of the one required property that is missing, if models mix the two up.
    private func renameTwin(in object: inout JSONObject, properties: JSONObject, required: [String]) {
        let missing = required.filter { object[$0] == nil && properties[$0] != nil }
        guard missing.count == 1, let wanted = missing.first else { return }
        for index in object.members.indices {
            let member = object.members[index]
            guard properties[member.name] == nil else { continue }
            if Self.twins.contains(where: { $0 == (member.name, wanted) || $0 == (wanted, member.name) }) {
                object.members[index].name = wanted
                return
            }
            if member.name == "paths", wanted == "path", let first = member.value.array?.first {
                object.members[index] = (wanted, first)
                return
            }
        }
    }

    /// The value as one of the declared types, if it is clearly meant to be.
    private func converted(_ value: JSONValue, to types: Set<SchemaType>) -> JSONValue {
        guard let own = SchemaType(of: value), !types.isEmpty, !types.contains(own) else { return value }
        if own == .integer, types.contains(.number) { return value }
        switch value {
        case .string(let text): return parsed(text, types) ?? value
        case .number(let text): return types.contains(.string) ? .string(text) : value
        case .bool(let isTrue): return types.contains(.string) ? .string(isTrue ? "true" : "false") : value
        default: return value
        }
    }

    private func parsed(_ text: String, _ types: Set<SchemaType>) -> JSONValue? {
        if types.contains(.boolean), text == "true" || text == "false" { return .bool(text == "true") }
        // A string that is no JSON stays a string.
        guard let value = try? JSONValue(parsing: Array(text.utf8)) else { return nil }
        switch value {
        case .number(let number):
            guard number == text else { return nil }
            let isWhole = SchemaType(of: value) == .integer
            return types.contains(.number) || types.contains(.integer) && isWhole ? value : nil
        case .array: return types.contains(.array) ? value : nil
        case .object: return types.contains(.object) ? value : nil
        default: return nil
        }
    }
}
