import JSON

/// JSON over several lines, so that a changed fixture shows a readable diff. Order and spelling stay.
enum PrettyJSON {
    static func text(of bytes: [UInt8]) throws -> [UInt8] {
        var out = ""
        write(try JSONValue(parsing: bytes), indent: "", into: &out)
        return Array((out + "\n").utf8)
    }

    private static func write(_ value: JSONValue, indent: String, into out: inout String) {
        let inner = indent + "  "
        switch value {
        case .array(let elements) where !elements.isEmpty:
            out += "[\n"
            for (index, element) in elements.enumerated() {
                out += inner
                write(element, indent: inner, into: &out)
                out += index == elements.count - 1 ? "\n" : ",\n"
            }
            out += indent + "]"
        case .object(let object) where !object.isEmpty:
            out += "{\n"
            for (index, member) in object.members.enumerated() {
                out += inner + String(decoding: JSONValue.string(member.name).serialized, as: UTF8.self) + ": "
                write(member.value, indent: inner, into: &out)
                out += index == object.members.count - 1 ? "\n" : ",\n"
            }
            out += indent + "}"
        default: out += String(decoding: value.serialized, as: UTF8.self)
        }
    }
}
