import JSON

/// A schema with its references inlined and its compositions merged, before it is written: the properties and items are
/// still raw.
struct SchemaShape {
    var types: [SchemaType] = []
    var title: String?
    var description: String?
    var values: [JSONValue]?
    var properties = SchemaProperties()
    /// Properties are spoken of, even if there are none.
    var namesProperties = false
    var required: [String] = []
    var items: [SchemaChild] = []
    /// Schema of members that are not named.
    var freeMembers: SchemaChild?
    var isNullable = false
    /// `required: true` inside a property: its parent is to list it.
    var isRequiredByItself = false
    /// Words for what cannot be said in the small dialect, in order.
    var hints: [String] = []

    /// Object before array before scalar: what a choice among alternatives prefers.
    var rank: Int {
        switch guessedType {
        case .object: 3
        case .array: 2
        case nil: 0
        default: 1
        }
    }

    /// The type that is said, or that the other members tell.
    var guessedType: SchemaType? {
        if let first = types.first { return first }
        if namesProperties || !properties.isEmpty || freeMembers != nil { return .object }
        if !items.isEmpty { return .array }
        guard let values else { return nil }
        let kinds = values.compactMap { SchemaType(of: $0) }
        guard let first = kinds.first else { return .string }
        if kinds.allSatisfy({ $0 == first }) { return first == .object || first == .array ? .string : first }
        return kinds.allSatisfy { $0 == .integer || $0 == .number } ? .number : .string
    }

    var settledType: SchemaType { guessedType ?? .string }

    /// Whether this makes a root of parameters: arguments have names, so one that does not say what it is is an object.
    var isObjectRoot: Bool { (guessedType ?? .object) == .object }

    /// Adds what `other` says and this does not: first wins, properties and required are united.
    mutating func merge(_ other: SchemaShape) {
        if types.isEmpty { types = other.types }
        title = title ?? other.title
        if let text = other.description { addDescription(text) }
        values = values ?? other.values
        properties.unite(other.properties.list)
        namesProperties = namesProperties || other.namesProperties
        required += other.required
        if items.isEmpty { items = other.items }
        freeMembers = freeMembers ?? other.freeMembers
        isNullable = isNullable || other.isNullable
        isRequiredByItself = isRequiredByItself || other.isRequiredByItself
        hints += other.hints
    }

    private mutating func addDescription(_ text: String) {
        guard let own = description else {
            description = text
            return
        }
        if own != text { description = own + " " + text }
    }
}

/// Properties by name, in the order they were first seen.
struct SchemaProperties {
    private(set) var list: [(name: String, child: SchemaChild)] = []
    private var names: Set<String> = []

    var isEmpty: Bool { list.isEmpty }

    /// Adds what is not there yet.
    mutating func unite(_ others: [(name: String, child: SchemaChild)]) {
        for property in others where names.insert(property.name).inserted { list.append(property) }
    }
}
