import Digest
import JSON

/// What tells a call from another one with the same identifier: its function, and what it was called with.
public struct CallMark: Sendable, Equatable {
    public var name: String
    /// SHA-256 of the arguments in canonical form. Clients parse arguments and write them anew: the form does not depend on
    /// the order of members, on blanks, on escapes, or on how a number of one value is spelled.
    public var argumentsDigest: [UInt8]

    public init(name: String, argumentsDigest: [UInt8]) {
        self.name = name
        self.argumentsDigest = argumentsDigest
    }

    public init(_ call: ToolCall) {
        self.init(name: call.name, argumentsDigest: Self.digest(call.arguments))
    }

    func marks(_ call: ToolCall) -> Bool {
        call.name == name && Self.digest(call.arguments) == argumentsDigest
    }

    private static func digest(_ arguments: RawJSON) -> [UInt8] {
        // Whoever made the arguments has parsed them; of nothing else would there be a canonical form.
        guard let value = try? JSONValue(parsing: arguments.array) else { return SHA256.hash(arguments.array) }
        return SHA256.hash(canonical(value).serialized)
    }

    private static func canonical(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null, .bool, .string: value
        case .number: value.double.map { .double($0 == 0 ? 0 : $0) } ?? value
        case .array(let elements): .array(elements.map(canonical))
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { (name: $0.name, value: canonical($0.value)) }
                        .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }))
        }
    }
}
