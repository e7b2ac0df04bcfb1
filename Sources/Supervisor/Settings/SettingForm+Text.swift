import JSON

nonisolated extension SettingForm {
    /// Reads the text of an environment variable or a secret file, already trimmed and not empty.
    ///
    /// - Returns: the value as it would stand in the configuration document; nil if the text is not of this form.
    func value(of text: String) -> JSONValue? {
        switch self {
        case .flag: return Self.flag(text).map { .bool($0) }
        case .integer: return check(Self.integer(text)).value
        case .port: return text == "0" ? .int(0) : check(Self.integer(text)).value
        case .number: return check(Self.number(text)).value
        case .text, .word, .token, .path, .address, .reasoningMode, .unknownModel, .thinkingBudget:
            return check(.string(text)).value
        case .choice(let words): return words.first { $0.lowercased() == text.lowercased() }.map { .string($0) }
        case .addresses, .hosts, .origins, .strings: return check(.array(Self.items(text).map { .string($0) })).value
        case .integers:
            let numbers = Self.items(text).map(Self.integer)
            return check(.array(numbers)).value
        case .mapping, .anything:
            // What does not parse is not of this form, and the caller says so.
            guard let value = try? JSONValue(parsing: Array(text.utf8)) else { return nil }
            return check(value).value
        case .optional(let form): return form.value(of: text)
        }
    }

    private static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "1", "true", "yes", "on": true
        case "0", "false", "no", "off": false
        default: nil
        }
    }

    private static func integer(_ text: String) -> JSONValue { Int(text).map { .int($0) } ?? .null }

    /// A number keeps its spelling; what is not one becomes null, which no number form takes.
    private static func number(_ text: String) -> JSONValue {
        guard let value = try? JSONValue(parsing: Array(text.utf8)), case .number = value else { return .null }
        return value
    }

    private static func items(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
    }
}

nonisolated extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: String {
        let isBlank = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
        let head = unicodeScalars.drop(while: isBlank)
        let tail = head.reversed().drop(while: isBlank).reversed()
        return String(String.UnicodeScalarView(tail))
    }
}
