import HTTP
import JSON

/// A request of the admin API with its body read and parsed.
nonisolated struct AdminRequest: Sendable {
    let head: HTTPRequestHead
    /// From the path's pattern, decoded.
    let parameters: [String: String]
    let body: JSONObject

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

    /// `refreshToken` -> `refresh_token`.
    static func snakeCase(_ name: String) -> String {
        var result = ""
        for character in name {
            if character.isUppercase { result += "_" }
            result += character.lowercased()
        }
        return result
    }
}
