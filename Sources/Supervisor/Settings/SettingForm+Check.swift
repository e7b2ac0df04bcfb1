import JSON

/// What a check says: the value as it is stored, or what is wrong with it. The complaint never repeats the value,
/// because it may be a secret.
nonisolated enum SettingCheck: Sendable {
    case good(JSONValue)
    case bad(String)

    var value: JSONValue? {
        if case .good(let value) = self { value } else { nil }
    }
}

nonisolated extension SettingForm {
    /// Checks a member of the configuration document; most values are stored as they are, spellings become canonical.
    func check(_ value: JSONValue) -> SettingCheck {
        isTaken(value).map { .good($0) } ?? .bad("must be \(takesInDocument)")
    }

    private var takesInDocument: String {
        switch self {
        case .flag: "true or false"
        case .port: "a whole number from 1 to 65535"
        case .addresses: "an array of http or https URLs"
        case .hosts: "an array of at most \(Self.namesMax) host names or addresses"
        case .origins: "an array of at most \(Self.namesMax) origins in lower case such as https://console.lan:8443"
        case .strings(let count): "an array of at most \(count) strings"
        case .integers(let range, let count):
            "an array of at most \(count) whole numbers from \(range.lowerBound) to \(range.upperBound)"
        case .optional(let form): form.takesInDocument + ", or null"
        default: takes
        }
    }

    private func isTaken(_ value: JSONValue) -> JSONValue? {
        switch (self, value) {
        case (.anything, _), (.flag, .bool), (.optional, .null): return value
        case (.integer(let range), .number): return value.int.map { range.contains($0) } == true ? value : nil
        case (.port, .number): return SettingForm.integer(1...65535).isTaken(value)
        case (.number(let range), .number):
            return value.double.map { range.contains($0) } == true ? value : nil
        case (.word(_, let isTaken), .string(let text)): return isTaken(text) ? value : nil
        case (.text(let length), .string(let text)): return text.utf8.count <= length ? value : nil
        case (.token(let canBeEmpty), .string(let text)):
            return Self.isToken(text, canBeEmpty: canBeEmpty) ? value : nil
        case (.choice(let words), .string(let text)): return words.contains(text) ? value : nil
        case (.path, .string(let text)):
            return !text.isEmpty && text.utf8.count <= 4096 && !text.utf8.contains(0) ? value : nil
        case (.address(let schemes), .string(let text)): return Self.address(text, schemes).map { .string($0) }
        case (.reasoningMode, .string(let text)): return ReasoningMode(spelling: text).map { .string($0.rawValue) }
        case (.unknownModel, .string(let text)):
            return ["passthrough", "reject"].contains(text) || Self.isModel(text, behind: "fallback:") ? value : nil
        case (.thinkingBudget, .string(let text)):
            return ["auto", "passthrough"].contains(text) || Self.isBudget(text, behind: "custom:") ? value : nil
        case (.optional(.reasoningMode), .string(let text)) where text.trimmed.isEmpty: return .null
        case (.optional(let form), _): return form.isTaken(value)
        case (.addresses, .array(let items)):
            return items.allSatisfy { Self.address($0, ["http", "https"]) } && items.count <= 16 ? value : nil
        case (.hosts, .array(let items)): return Self.areNames(items) { Self.isHost($0) } ? value : nil
        case (.origins, .array(let items)): return Self.areNames(items, Self.isOrigin) ? value : nil
        case (.strings(let count), .array(let items)):
            return items.allSatisfy(\.isShortString) && items.count <= count ? value : nil
        case (.integers(let range, let count), .array(let items)):
            let form = SettingForm.integer(range)
            return items.count <= count && items.allSatisfy { form.isTaken($0) != nil } ? value : nil
        case (.mapping, .object(let object)): return Self.isMapping(object) ? value : nil
        default: return nil
        }
    }

    /// The largest thinking budget that may be set, in tokens.
    static let thinkingBudgetMax = 1_000_000

    private static func isModel(_ text: String, behind prefix: String) -> Bool {
        text.hasPrefix(prefix) && (1...256).contains(text.utf8.count - prefix.utf8.count)
    }

    private static func isBudget(_ text: String, behind prefix: String) -> Bool {
        guard text.hasPrefix(prefix), let budget = Int(text.dropFirst(prefix.count)) else { return false }
        return (0...thinkingBudgetMax).contains(budget)
    }

    static func isToken(_ text: String, canBeEmpty: Bool) -> Bool {
        (canBeEmpty || !text.isEmpty) && text.utf8.count <= 256 && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// The URL without a slash at its end; nil if it is none, or has no host, blanks, a query or a fragment.
    static func address(_ text: String, _ schemes: [String]) -> String? {
        guard let scheme = schemes.first(where: { text.lowercased().hasPrefix($0 + "://") }), text.utf8.count <= 2048,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        else { return nil }
        let rest = text.dropFirst(scheme.count + 3)
        guard let first = rest.first, first != "/", first != ":" else { return nil }
        var trimmed = text[...]
        while trimmed.hasSuffix("/") { trimmed = trimmed.dropLast() }
        return String(trimmed)
    }

    private static func address(_ value: JSONValue, _ schemes: [String]) -> Bool {
        if case .string(let text) = value { address(text, schemes) != nil } else { false }
    }

    private static func isMapping(_ object: JSONObject) -> Bool {
        object.members.count <= 1000
            && object.members.allSatisfy { name, value in
                guard case .string(let text) = value else { return false }
                return (1...256).contains(name.count) && (1...256).contains(text.count)
            }
    }
}

nonisolated extension JSONValue {
    fileprivate var isShortString: Bool {
        if case .string(let text) = self { (1...256).contains(text.utf8.count) } else { false }
    }
}
