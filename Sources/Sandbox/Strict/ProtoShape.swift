import JSON

/// The first pass over a body: names, spellings and types, as a proto-JSON parser sees them.
nonisolated enum ProtoShape {
    /// The first thing that does not fit the message, or nil.
    static func refusal(of root: JSONNode, as message: String) -> Refusal? {
        guard root.kind == .object else {
            return Refusal("value-type", "Invalid JSON payload received. Expected an object at the root.")
        }
        return members(root, ProtoMessages.message(message), at: "", depth: 0)
    }

    /// Proto parsers stop at 100 levels.
    private static let depthMax = 100

    private static func members(_ node: JSONNode, _ message: ProtoMessage, at path: String, depth: Int) -> Refusal? {
        guard depth < depthMax else {
            return Refusal("value-type", "Message too deep at '\(path)'.", field: path)
        }
        var seen: [(camel: String, name: String)] = []
        for (nameNode, value) in node.members {
            let name = nameNode.string ?? ""
            guard let field = message.fields[name] else {
                let place = path.isEmpty ? "" : " at '\(path)'"
                return Refusal(
                    "unknown-name",
                    "Invalid JSON payload received. Unknown name \"\(name)\"\(place): Cannot find field.",
                    field: path)
            }
            let place = path.isEmpty ? field.snake : "\(path).\(field.snake)"
            if let other = seen.first(where: { $0.camel == field.camel }) {
                return Refusal(
                    "both-spellings", "Field '\(place)' is set twice, as \"\(other.name)\" and as \"\(name)\".",
                    field: place)
            }
            seen.append((field.camel, name))
            if let refusal = check(value, field.type, at: place, depth: depth + 1) { return refusal }
        }
        return nil
    }

    private static func check(_ value: JSONNode, _ type: ProtoType, at path: String, depth: Int) -> Refusal? {
        // Proto-JSON: null means "not set", except inside a list.
        if value.isNull { return path.hasSuffix("]") ? wrong(value, type, path) : nil }
        switch type {
        case .any: return nil
        case .string, .bytes: return value.kind == .string ? nil : wrong(value, type, path)
        case .bool: return value.kind == .bool ? nil : wrong(value, type, path)
        case .int:
            let int = value.int ?? value.string.flatMap { Int($0) }
            return int.map { Int32(exactly: $0) != nil } ?? false ? nil : wrong(value, type, path)
        case .number:
            let number = value.double ?? value.string.flatMap { Double($0) }
            return number?.isFinite ?? false ? nil : wrong(value, type, path)
        case .object: return value.kind == .object ? nil : wrong(value, type, path)
        case .message(let name):
            guard value.kind == .object else { return wrong(value, type, path) }
            return members(value, ProtoMessages.message(name), at: path, depth: depth)
        case .list(let element):
            guard value.kind == .array else { return wrong(value, type, path) }
            for (index, item) in value.elements.enumerated() {
                if let refusal = check(item, element, at: "\(path)[\(index)]", depth: depth) { return refusal }
            }
            return nil
        case .map(let element):
            guard value.kind == .object else { return wrong(value, type, path) }
            for (index, member) in value.members.enumerated() {
                if let refusal = check(member.value, element, at: "\(path)[\(index)].value", depth: depth) {
                    return refusal
                }
            }
            return nil
        }
    }

    private static func wrong(_ value: JSONNode, _ type: ProtoType, _ path: String) -> Refusal {
        Refusal("value-type", "Invalid value at '\(path)' (\(type.word)), \(shown(value))", field: path)
    }

    private static func shown(_ value: JSONNode) -> String {
        switch value.kind {
        case .object: "an object"
        case .array: "a list"
        case .null: "null"
        case .bool: "\(value.bool ?? false)"
        case .number: value.numberText ?? "a number"
        case .string: "\"\((value.string ?? "").prefix(40))\""
        }
    }
}

nonisolated extension JSONNode {
    /// A field under either spelling; null counts as not set.
    func field(_ camel: StaticString, _ snake: StaticString? = nil) -> JSONNode? {
        let found = self[camel] ?? snake.flatMap { self[$0] }
        return found?.isNull == true ? nil : found
    }
}
