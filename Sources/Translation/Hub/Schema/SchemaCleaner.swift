import JSON

/// Turns any JSON Schema a client may send into the small dialect that the upstream takes.
///
/// Total and idempotent: every JSON value has an answer, and a cleaned schema is its own. References are inlined, compositions
/// merged, constraints become words in the description. Applied to schema positions only, never to arguments.
///
/// Source: Gemini API, "Schema" (the subset of OpenAPI 3.0); refusals of `v1internal` for everything else.
public struct SchemaCleaner {
    /// Whose rules the result follows.
    public enum Dialect: Sendable, Hashable {
        case gemini
        /// Every object needs a property; `nullable` is unknown.
        case claude
    }

    /// What the schema is for.
    public enum Position: Sendable, Hashable {
        /// Parameters of a tool: the root is an object.
        case parameters
        /// The form of an answer: any root, no placeholder properties.
        case response
    }

    /// Levels of nesting; deeper ones become plain objects.
    public static let depthMax = 24
    /// Work for one schema, in units of about one small schema looked at; what comes after becomes plain objects. Guards
    /// against references that multiply, in time and in size.
    public static let workMax = 10_000
    /// Name of the property that an empty object gets for Claude.
    public static let placeholder = "_"
    /// Name of the property around a root that is no object.
    public static let wrapper = "value"

    let dialect: Dialect
    let position: Position
    let root: JSONValue
    private(set) var work = 0

    init(_ root: JSONValue, dialect: Dialect, position: Position) {
        self.root = root
        self.dialect = dialect
        self.position = position
    }

    public static func clean(_ schema: JSONValue?, dialect: Dialect, position: Position = .parameters) -> JSONValue {
        var cleaner = SchemaCleaner(schema ?? .null, dialect: dialect, position: position)
        return cleaner.cleanRoot()
    }

    /// Charges the look at one schema; false when the work is used up.
    mutating func charge(for schema: JSONValue) -> Bool {
        guard work < Self.workMax else { return false }
        work += SchemaKeywords.work(of: schema)
        return true
    }

    /// The target of a reference; nil if it is not there, or the work is used up.
    mutating func target(of reference: String) -> JSONValue? {
        var membersPassed = 0
        guard let target = SchemaPointer.find(reference, in: root, membersPassed: &membersPassed) else { return nil }
        work += membersPassed / SchemaKeywords.membersPerWork
        return charge(for: target) ? target : nil
    }

    mutating func cleanRoot() -> JSONValue {
        guard case .object = root else { return .object(emptyObject()) }
        var shape = shape(of: SchemaChild(root), depth: 0)
        if position == .response { return .object(write(shape, depth: 0).schema) }
        if shape.isObjectRoot {
            if shape.guessedType == nil { (shape.types, shape.isNullable) = ([.object], false) }
            return .object(write(shape, depth: 0).schema)
        }
        var wrapped = SchemaShape()
        wrapped.types = [.object]
        wrapped.properties.unite([(Self.wrapper, SchemaChild(root))])
        wrapped.required = [Self.wrapper]
        return .object(write(wrapped, depth: 0).schema)
    }

    private func emptyObject() -> JSONObject {
        dialect == .claude && position == .parameters
            ? Self.withPlaceholder(["type": "object"]) : ["type": "object", "properties": [:]]
    }

    static func withPlaceholder(_ schema: JSONObject) -> JSONObject {
        var schema = schema
        schema["properties"] = [placeholder: ["type": "string", "description": "Leave empty."]]
        schema["required"] = [.string(placeholder)]
        return schema
    }
}

/// A schema that is still to be looked at, with the references that are open on the way to it.
struct SchemaChild {
    var schema: JSONValue
    var openReferences: [String] = []

    init(_ schema: JSONValue, openReferences: [String] = []) {
        self.schema = schema
        self.openReferences = openReferences
    }
}
