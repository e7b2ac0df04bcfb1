import JSON

/// The types that a cleaned schema may have.
enum SchemaType: String {
    case object, array, string, integer, number, boolean

    /// A client's word for a type; `nil` for `null` and for words without meaning.
    init?(word: String) {
        switch word.lowercased() {
        case "object", "dict", "map": self = .object
        case "array", "list": self = .array
        case "string", "str", "any", "date", "datetime", "file", "binary": self = .string
        case "integer", "int", "long": self = .integer
        case "number", "float", "double", "decimal": self = .number
        case "boolean", "bool": self = .boolean
        default: return nil
        }
    }

    /// The type of a value; `nil` for `null`.
    init?(of value: JSONValue) {
        switch value {
        case .null: return nil
        case .bool: self = .boolean
        case .number(let text):
            self = text.utf8.allSatisfy { $0 == 0x2D || (0x30...0x39).contains($0) } ? .integer : .number
        case .string: self = .string
        case .array: self = .array
        case .object: self = .object
        }
    }
}
