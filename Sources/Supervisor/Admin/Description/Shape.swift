import JSON

/// What a JSON value looks like, as a JSON Schema (2020-12, the dialect of OpenAPI 3.1).
nonisolated struct Shape: Sendable {
    let json: JSONObject

    init(_ json: JSONObject) { self.json = json }

    /// The same with a sentence for people.
    func says(_ text: String) -> Shape { with("description", .string(text)) }

    /// The same with the value that counts when none is given.
    func byDefault(_ value: JSONValue) -> Shape { with("default", value) }

    /// This or null.
    var orNull: Shape {
        guard case .string(let type)? = json["type"] else {
            return Shape(["anyOf": [.object(json), ["type": "null"]]])
        }
        var json = json
        json["type"] = [.string(type), "null"]
        if case .array(let words)? = json["enum"] { json["enum"] = .array(words + [.null]) }
        return Shape(json)
    }

    private func with(_ name: String, _ value: JSONValue) -> Shape {
        var json = json
        json[name] = value
        return Shape(json)
    }
}

nonisolated extension Shape {
    static let anything = Shape([:])
    static let null = Shape(["type": "null"])
    static let flag = Shape(["type": "boolean"])
    static let number = Shape(["type": "number"])
    static let integer = Shape(["type": "integer"])
    static let count = Shape(["type": "integer", "minimum": 0])
    static let text = Shape(["type": "string"])
    /// Seconds since 1970.
    static let moment = Shape(["type": "integer", "description": "Seconds since 1970."])
    static let id = Shape(["type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"])

    static func whole(_ range: ClosedRange<Int>) -> Shape {
        Shape(["type": "integer", "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound)])
    }

    /// The bounds count bytes where the gateway checks them; for ASCII that is the same.
    static func bounded(_ length: ClosedRange<Int>) -> Shape {
        Shape(["type": "string", "minLength": .int(length.lowerBound), "maxLength": .int(length.upperBound)])
    }

    static func matching(_ pattern: String) -> Shape { Shape(["type": "string", "pattern": .string(pattern)]) }

    /// One of these words.
    static func word(_ words: [String]) -> Shape {
        Shape(["type": "string", "enum": .array(words.map { .string($0) })])
    }

    static func constant(_ value: JSONValue) -> Shape { Shape(["const": value]) }

    static func list(of element: Shape, countMax: Int? = nil) -> Shape {
        var json: JSONObject = ["type": "array", "items": .object(element.json)]
        if let countMax { json.append("maxItems", .int(countMax)) }
        return Shape(json)
    }

    /// Any names, each with a value of this shape.
    static func map(of value: Shape) -> Shape {
        Shape(["type": "object", "additionalProperties": .object(value.json)])
    }

    static func either(_ shapes: Shape...) -> Shape {
        Shape(["oneOf": .array(shapes.map { .object($0.json) })])
    }

    static func named(_ name: Name) -> Shape {
        Shape(["$ref": .string("#/components/schemas/\(name.rawValue)")])
    }

    typealias Members = [(name: String, shape: Shape)]

    /// - Parameters:
    ///   - members: always there.
    ///   - optional: may be absent.
    ///   - isOpen: members that nobody named belong to it.
    static func object(
        _ members: KeyValuePairs<String, Shape> = [:], optional: KeyValuePairs<String, Shape> = [:],
        isOpen: Bool = false
    ) -> Shape {
        object(
            members: members.map { ($0.key, $0.value) }, optional: optional.map { ($0.key, $0.value) }, isOpen: isOpen)
    }

    static func object(members: Members, optional: Members = [], isOpen: Bool = false) -> Shape {
        var json: JSONObject = [
            "type": "object",
            "properties": .object(JSONObject((members + optional).map { ($0.name, .object($0.shape.json)) })),
        ]
        if !members.isEmpty { json.append("required", .array(members.map { .string($0.name) })) }
        if isOpen { json.append("additionalProperties", true) }
        return Shape(json)
    }
}
