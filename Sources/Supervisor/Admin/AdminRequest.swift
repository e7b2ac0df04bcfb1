import HTTP
import JSON

/// A request of the admin API with its body read and parsed.
nonisolated struct AdminRequest: Sendable {
    let head: HTTPRequestHead
    /// From the path's pattern, decoded.
    let parameters: [String: String]
    let body: JSONObject
    /// The body itself, for a handler that takes bytes; else empty.
    var bytes: [UInt8] = []

    /// A member by its camelCase name; the snake_case spelling is taken as well, and of both the camelCase one counts.
    subscript(name: String) -> JSONValue? {
        body[name] ?? body[Self.snakeCase(name)]
    }

    /// A string member, trimmed; nil if it is absent or null.
    ///
    /// - Throws: `invalid_request` naming the member if it is anything else or has a length outside `length`.
    func text(_ name: String, length: ClosedRange<Int>) throws(AdminError) -> String? {
        switch self[name] {
        case nil, .null: return nil
        case .string(let text):
            let text = text.trimmed
            guard length.contains(text.utf8.count) else {
                throw .field(name, "must have \(length.lowerBound) to \(length.upperBound) characters")
            }
            return text
        default: throw .field(name, "must be a string")
        }
    }

    /// A truth value; nil if it is absent or null.
    func flag(_ name: String) throws(AdminError) -> Bool? {
        switch self[name] {
        case nil, .null: return nil
        case .bool(let flag): return flag
        default: throw .field(name, "must be true or false")
        }
    }

    /// A list of strings that must be there; each has at most 256 bytes, so that none is worth keeping a megabyte for.
    func texts(_ name: String, countMax: Int) throws(AdminError) -> [String] {
        guard let value = self[name], !value.isNull else { throw .field(name, "is missing") }
        guard let items = value.array, items.count <= countMax else {
            throw .field(name, "must be an array of at most \(countMax) strings")
        }
        var texts: [String] = []
        for (index, item) in items.enumerated() {
            guard let text = item.string, text.utf8.count <= 256 else {
                throw .field("\(name)[\(index)]", "must be a string of at most 256 characters")
            }
            texts.append(text)
        }
        return texts
    }

    /// A truth value of the query, false if it is absent.
    func queryFlag(_ name: String) throws(AdminError) -> Bool {
        switch head.queryItems[name] {
        case nil, "false", "0": return false
        case "true", "1": return true
        default: throw .field(name, "must be true, false, 1 or 0")
        }
    }

    /// The id of an object in the path.
    ///
    /// - Throws: `not_found` for what can be no id of ours.
    func id(_ name: String) throws(AdminError) -> String {
        let id = parameters[name] ?? ""
        guard (1...64).contains(id.utf8.count), id.utf8.allSatisfy(Self.isOfID) else {
            throw AdminError(.notFound, "There is nothing at this path.")
        }
        return id
    }

    private static func isOfID(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// `refreshToken` -> `refresh_token`.
    static func snakeCase(_ name: String) -> String {
        var result = ""
        for character in name {
            if character.isUppercase { result += "_" }
            result += character.lowercased()
        }
        return result
    }

    /// A whole number of the query; nil if it is absent or empty.
    func queryInteger(_ name: String, _ range: ClosedRange<Int>) throws(AdminError) -> Int? {
        guard let text = head.queryItems[name], !text.isEmpty else { return nil }
        guard let value = Int(text), range.contains(value) else {
            let bounds =
                range.upperBound == .max
                ? "from \(range.lowerBound) on" : "from \(range.lowerBound) to \(range.upperBound)"
            throw .field(name, "must be a whole number \(bounds)")
        }
        return value
    }
}
