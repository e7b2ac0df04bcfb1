import JSON

extension SchemaCleaner {
    /// Looks at one schema: inlines its reference, reads its keywords, merges its compositions.
    mutating func shape(of child: SchemaChild, depth: Int) -> SchemaShape {
        var shape = SchemaShape()
        let isTooDeep = depth > Self.depthMax && !SchemaKeywords.isPlainScalar(child.schema)
        guard !isTooDeep, charge(for: child.schema) else {
            shape.types = [.object]
            shape.description = "JSON object"
            return shape
        }
        guard case .object(let object) = child.schema else { return shape }
        guard let resolved = resolve(object, child.openReferences, into: &shape) else { return shape }
        let (keywords, open) = resolved
        if let properties = Self.barePropertyMap(keywords) {
            shape.types = [.object]
            shape.properties.unite(properties.members.map { ($0.name, SchemaChild($0.value, openReferences: open)) })
            return shape
        }
        read(keywords, open, into: &shape)
        mergeAll(keywords, open, depth, into: &shape)
        mergeConditions(keywords, open, depth, into: &shape)
        for name in ["anyOf", "oneOf"] {
            if let members = keywords[name]?.array { mergeAlternatives(members, open, depth, into: &shape) }
        }
        return shape
    }

    /// The object with its reference followed, siblings before the target's members. Nil: the shape says it all already.
    private mutating func resolve(
        _ object: JSONObject, _ openReferences: [String], into shape: inout SchemaShape
    ) -> (JSONObject, [String])? {
        var object = object
        var open = openReferences
        while let reference = object["$ref"]?.string {
            object.remove("$ref")
            guard !open.contains(reference), open.count <= Self.depthMax else {
                shape.types = [.object]
                shape.description = SchemaPointer.name(of: reference)
                return nil
            }
            guard let target = target(of: reference) else {
                shape.types = [.string]
                shape.description = "(see \(reference))"
                return nil
            }
            open.append(reference)
            guard case .object(var merged) = target else { return (object, open) }
            if !object.isEmpty {
                for name in SchemaKeywords.all {
                    if let own = object[name] { merged[name] = own }
                }
            }
            object = merged
        }
        return (object, open)
    }

    /// An object that is nothing but named schemas, as some tool servers send in place of `properties`.
    private static func barePropertyMap(_ object: JSONObject) -> JSONObject? {
        guard !object.isEmpty else { return nil }
        for member in object.members {
            guard case .object = member.value, !SchemaKeywords.isKnown(member.name) else { return nil }
        }
        return object
    }

    private func read(_ keywords: JSONObject, _ open: [String], into shape: inout SchemaShape) {
        readType(keywords["type"], into: &shape)
        shape.title = keywords["title"]?.string
        if let text = keywords["description"]?.string, !text.isEmpty { shape.description = text }
        if let value = keywords["const"] { shape.values = [value] }
        if let values = keywords["enum"]?.array { shape.values = values }
        if keywords["nullable"]?.bool == true { shape.isNullable = true }
        if let properties = keywords["properties"]?.object {
            shape.namesProperties = true
            shape.properties.unite(properties.members.map { ($0.name, SchemaChild($0.value, openReferences: open)) })
        }
        switch keywords["required"] {
        case .array(let names): shape.required = names.compactMap(\.string)
        case .bool(true): shape.isRequiredByItself = true
        default: break
        }
        readItems(keywords, open, into: &shape)
        if let free = keywords["additionalProperties"], case .object = free {
            shape.freeMembers = SchemaChild(free, openReferences: open)
        }
        if let hint = SchemaKeywords.constraintHint(keywords) { shape.hints.append(hint) }
        if let excluded = keywords["not"], case .object(let object) = excluded, !object.isEmpty {
            let text = String(decoding: excluded.serialized, as: UTF8.self)
            if text.utf8.count <= SchemaKeywords.excludedSizeMax { shape.hints.append("Not: \(text)") }
        }
    }

    private func readType(_ node: JSONValue?, into shape: inout SchemaShape) {
        let words: [String]
        switch node {
        case .string(let word): words = [word]
        case .array(let list): words = list.compactMap(\.string)
        default: words = []
        }
        for word in words {
            if word.lowercased() == "null" { shape.isNullable = true }
            if let type = SchemaType(word: word), !shape.types.contains(type) { shape.types.append(type) }
        }
    }

    private func readItems(_ keywords: JSONObject, _ open: [String], into shape: inout SchemaShape) {
        let tuple = keywords["prefixItems"]?.array ?? keywords["items"]?.array
        if let tuple {
            shape.items = tuple.map { SchemaChild($0, openReferences: open) }
        } else if let single = keywords["items"] {
            shape.items = [SchemaChild(single, openReferences: open)]
        }
    }

    private mutating func mergeAll(
        _ keywords: JSONObject, _ open: [String], _ depth: Int, into shape: inout SchemaShape
    ) {
        for member in keywords["allOf"]?.array ?? [] {
            shape.merge(self.shape(of: SchemaChild(member, openReferences: open), depth: depth + 1))
        }
    }

    /// Properties of `then` and `else` become properties; what is required only sometimes is not required.
    private mutating func mergeConditions(
        _ keywords: JSONObject, _ open: [String], _ depth: Int, into shape: inout SchemaShape
    ) {
        for name in ["then", "else"] {
            guard let branch = keywords[name], case .object = branch else { continue }
            let other = self.shape(of: SchemaChild(branch, openReferences: open), depth: depth + 1)
            shape.properties.unite(other.properties.list)
        }
    }

    private mutating func mergeAlternatives(
        _ members: [JSONValue], _ open: [String], _ depth: Int, into shape: inout SchemaShape
    ) {
        var alternatives: [SchemaShape] = []
        for member in members {
            let other = self.shape(of: SchemaChild(member, openReferences: open), depth: depth + 1)
            if SchemaKeywords.isNull(member, other) {
                shape.isNullable = true
            } else {
                alternatives.append(other)
            }
        }
        guard alternatives.count > 1 else {
            if let only = alternatives.first { shape.merge(only) }
            return
        }
        if let words = SchemaKeywords.stringChoice(alternatives) {
            if shape.types.isEmpty { shape.types = [.string] }
            shape.values = shape.values ?? words
            shape.isNullable = shape.isNullable || alternatives.contains(where: \.isNullable)
            return
        }
        merge(alternatives, into: &shape)
    }

    /// Several alternatives that differ: the richest is taken, and the description names them all.
    private func merge(_ alternatives: [SchemaShape], into shape: inout SchemaShape) {
        // Members that only add constraints to a schema that has its type already say nothing the small dialect can hold.
        guard let best = alternatives.max(by: { $0.rank < $1.rank }), best.rank > 0 else { return }
        guard shape.rank == 0 || shape.guessedType == best.guessedType else { return }
        let chosen = alternatives.first { $0.rank == best.rank } ?? best
        if chosen.guessedType == .object {
            let objects = alternatives.filter { $0.guessedType == .object }
            let always = objects.dropFirst().reduce(Set(chosen.required)) { $0.intersection($1.required) }
            var united = chosen
            united.required = chosen.required.filter(always.contains)
            for other in objects.dropFirst() { united.properties.unite(other.properties.list) }
            shape.merge(united)
        } else {
            shape.merge(chosen)
        }
        var names: [String] = []
        for alternative in alternatives {
            guard let type = alternative.guessedType?.rawValue, !names.contains(type) else { continue }
            names.append(type)
        }
        if names.count > 1 { shape.hints.append("Accepts: " + names.joined(separator: " | ")) }
        shape.isNullable = shape.isNullable || alternatives.contains(where: \.isNullable)
    }
}
