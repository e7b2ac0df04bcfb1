/// A message of the service's API: its fields under both spellings.
nonisolated struct ProtoMessage: Sendable {
    let fields: [String: ProtoField]
}

nonisolated struct ProtoField: Sendable {
    let camel: String
    let snake: String
    let type: ProtoType

    init(camel: String, type: ProtoType) {
        self.camel = camel
        snake = camel.reduce(into: "") { text, character in
            text += character.isUppercase ? "_" + character.lowercased() : String(character)
        }
        self.type = type
    }
}

/// What a field holds in proto-JSON.
nonisolated indirect enum ProtoType: Sendable {
    case string, bytes, int, number, bool, object, any
    case message(String)
    case list(ProtoType)
    case map(ProtoType)

    init(_ text: some StringProtocol) {
        switch text {
        case "string": self = .string
        case "bytes": self = .bytes
        case "int": self = .int
        case "number": self = .number
        case "bool": self = .bool
        case "object": self = .object
        case "any": self = .any
        default:
            if text.hasPrefix("[") {
                self = .list(ProtoType(text.dropFirst().dropLast()))
            } else if text.hasPrefix("{") {
                self = .map(ProtoType(text.dropFirst().dropLast()))
            } else {
                self = .message(String(text))
            }
        }
    }

    /// The word in Google's message about a value of another type.
    var word: String {
        switch self {
        case .string: "TYPE_STRING"
        case .bytes: "TYPE_BYTES"
        case .int: "TYPE_INT32"
        case .number: "TYPE_DOUBLE"
        case .bool: "TYPE_BOOL"
        case .object, .any, .map: "Map"
        case .message: "Message"
        case .list: "List"
        }
    }
}
