/// JSON as an ordered tree: for what must be rewritten (tool schemas, settings, records), and for tests.
///
/// Numbers are kept as they are spelled. Strings are decoded, so a lone surrogate is U+FFFD here. Duplicate member names
/// are kept in order; look-up finds the last. Equal means the same members in the same order and numbers spelled alike.
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// A number in the grammar of RFC 8259 section 6; whoever makes one answers for the spelling.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    public static func int(_ value: Int) -> JSONValue { .number(String(value)) }

    /// The shortest spelling that reads back as `value`; null for infinities and NaN, which JSON cannot spell.
    public static func double(_ value: Double) -> JSONValue {
        value.isFinite ? .number("\(value)") : .null
    }

    /// The member with this name, the last of several; nil if there is none or this is no object.
    ///
    /// Setting makes an object of anything else first; setting nil removes.
    public subscript(name: String) -> JSONValue? {
        get {
            guard case .object(let object) = self else { return nil }
            return object[name]
        }
        set {
            guard case .object(var object) = self else {
                if let newValue { self = .object([name: newValue]) }
                return
            }
            self = .null
            object[name] = newValue
            self = .object(object)
        }
    }
}

extension JSONValue {
    public var isNull: Bool { self == .null }

    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    public var string: String? { if case .string(let text) = self { text } else { nil } }

    public var numberText: String? { if case .number(let text) = self { text } else { nil } }

    /// The exact value of a number that is a whole one and fits.
    public var int: Int? {
        guard case .number(var text) = self else { return nil }
        return text.withUTF8 { JSONNumber.exactInt($0) }
    }

    /// The nearest finite double of a number.
    public var double: Double? {
        guard case .number(var text) = self else { return nil }
        return text.withUTF8 { JSONNumber.double($0) }
    }

    public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

    public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
}
