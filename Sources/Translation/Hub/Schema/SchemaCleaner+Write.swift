import JSON

extension SchemaCleaner {
    struct Written {
        var schema: JSONObject
        var isNullable: Bool
        var isRequiredByItself: Bool
    }

    /// Writes a shape, and everything below it, in the small dialect. Members stand in a fixed order.
    mutating func write(_ shape: SchemaShape, depth: Int) -> Written {
        var shape = shape
        let type = Self.hasOnlyWords(shape) ? .string : shape.settledType
        var schema: JSONObject = [:]
        var words = Words(shape.hints)
        if shape.types.count > 1 {
            words.add("Accepts: " + shape.types.map(\.rawValue).joined(separator: " | "))
        }
        let values = settleValues(&shape, type: type, words: &words)
        schema.append("type", .string(type.rawValue))
        if dialect == .gemini, let title = shape.title { schema.append("title", .string(title)) }

        var body: JSONObject = [:]
        switch type {
        case .object: body = writeMembers(shape, depth: depth, words: &words)
        case .array: body = writeItems(shape, depth: depth, words: &words)
        default: break
        }
        if dialect == .claude, shape.isNullable { words.add("(nullable)") }
        if let text = words.joined(with: shape.description) { schema.append("description", .string(text)) }
        schema.members += body.members
        if let values { schema.append("enum", .array(values)) }
        if dialect == .gemini, shape.isNullable { schema.append("nullable", true) }
        return Written(
            schema: schema, isNullable: shape.isNullable, isRequiredByItself: shape.isRequiredByItself)
    }

    /// Whether a choice of strings overrules a declared scalar type.
    private static func hasOnlyWords(_ shape: SchemaShape) -> Bool {
        guard let values = shape.values, shape.rank == 1 else { return false }
        let known = values.filter { !$0.isNull }
        return !known.isEmpty && known.allSatisfy { $0.string != nil }
    }

    /// The choice of strings that stays, if one does; any other choice becomes words.
    private func settleValues(_ shape: inout SchemaShape, type: SchemaType, words: inout Words) -> [JSONValue]? {
        guard let values = shape.values else { return nil }
        if values.contains(where: \.isNull) { shape.isNullable = true }
        let known = values.filter { !$0.isNull && $0 != "" }
        guard known.allSatisfy({ $0.string != nil }), type == .string else {
            let texts = known.compactMap(SchemaKeywords.text(of:))
            if !texts.isEmpty { words.add("Allowed: " + texts.joined(separator: ", ")) }
            return nil
        }
        var seen: Set<String> = []
        let unique = known.filter { seen.insert($0.string ?? "").inserted }
        return unique.isEmpty ? nil : unique
    }

    private mutating func writeMembers(_ shape: SchemaShape, depth: Int, words: inout Words) -> JSONObject {
        var properties: JSONObject = [:]
        var names: Set<String> = []
        var required = shape.required
        var optional: Set<String> = []
        for (name, child) in shape.properties.list where child.schema != .bool(false) {
            guard names.insert(name).inserted else { continue }
            let written = write(self.shape(of: child, depth: depth + 1), depth: depth + 1)
            properties.append(name, .object(written.schema))
            if written.isRequiredByItself { required.append(name) }
            if written.isNullable { optional.insert(name) }
        }
        if properties.isEmpty, let free = shape.freeMembers {
            let type = self.shape(of: free, depth: depth + 1).settledType
            words.add("Keys are free, values: \(type.rawValue)")
        }
        guard !properties.isEmpty else {
            if dialect == .claude, position == .parameters { return Self.withPlaceholder([:]) }
            return depth == 0 ? ["properties": [:]] : [:]
        }
        var body: JSONObject = ["properties": .object(properties)]
        var seen: Set<String> = []
        let kept = required.filter { names.contains($0) && !optional.contains($0) && seen.insert($0).inserted }
        if !kept.isEmpty { body.append("required", .array(kept.map { .string($0) })) }
        return body
    }

    private mutating func writeItems(_ shape: SchemaShape, depth: Int, words: inout Words) -> JSONObject {
        guard let first = shape.items.first else { return ["items": ["type": "string"]] }
        let written = write(self.shape(of: first, depth: depth + 1), depth: depth + 1)
        if shape.items.count > 1 {
            var types: [String] = []
            for item in shape.items { types.append(self.shape(of: item, depth: depth + 1).settledType.rawValue) }
            words.add("Items in order: " + types.joined(separator: ", "))
        }
        return ["items": .object(written.schema)]
    }

    /// Words that go behind a description, each once.
    struct Words {
        /// Hints of one schema; further ones are left out.
        static let countMax = 32

        private var pieces: [String] = []

        init(_ hints: [String]) {
            for hint in hints { add(hint) }
        }

        mutating func add(_ hint: String) {
            if pieces.count < Self.countMax, !pieces.contains(hint) { pieces.append(hint) }
        }

        func joined(with description: String?) -> String? {
            let text = ([description].compactMap(\.self) + pieces).joined(separator: " ")
            return text.isEmpty ? nil : text
        }
    }
}
