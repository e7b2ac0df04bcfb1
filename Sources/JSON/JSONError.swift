/// Why a text is not JSON as RFC 8259 defines it, or is more than its limits allow.
public struct JSONError: Error, Equatable, Sendable {
    public enum Reason: UInt8, Sendable, CaseIterable {
        /// No byte, or blank space alone.
        case empty
        /// The text stops inside a value.
        case unexpectedEnd
        /// U+FEFF in front: RFC 8259 section 8.1 forbids sending it, so it is named rather than skipped.
        case byteOrderMark
        /// A value should begin here.
        case expectedValue
        /// A member name in quotes should begin here; also after a trailing comma of an object.
        case expectedName
        case expectedColon
        /// A comma or the closing bracket should stand here.
        case expectedCommaOrEnd
        case invalidLiteral
        case invalidNumber
        case invalidEscape
        /// A byte below U+0020 inside a string, which must be escaped.
        case controlCharacter
        case invalidUTF8
        /// Something other than blank space behind the value.
        case trailingBytes
        case tooDeep
        case tooManyNodes
        case tooLong
    }

    public var reason: Reason
    /// Bytes from the start of the text to where the trouble was seen.
    public var offset: Int
    /// The member or element that was being read, written like `messages[2].content[0].type`; empty at the top.
    /// Holds names of the text, so it belongs into the answer to its sender and not into a log.
    public var path: String

    public init(reason: Reason, offset: Int, path: String) {
        self.reason = reason
        self.offset = offset
        self.path = path
    }
}

extension JSONError: CustomStringConvertible {
    /// One line that repeats nothing of the text.
    public var description: String { "\(reason.text) at byte \(offset)" }
}

extension JSONError.Reason {
    /// The reason in words, without a full stop.
    public var text: String {
        switch self {
        case .empty: "empty JSON text"
        case .unexpectedEnd: "unexpected end of JSON text"
        case .byteOrderMark: "byte order mark in front of JSON text"
        case .expectedValue: "expected a value"
        case .expectedName: "expected a member name in double quotes"
        case .expectedColon: "expected ':' after a member name"
        case .expectedCommaOrEnd: "expected ',' or the closing bracket"
        case .invalidLiteral: "expected true, false or null"
        case .invalidNumber: "invalid number"
        case .invalidEscape: "invalid escape sequence in a string"
        case .controlCharacter: "unescaped control character in a string"
        case .invalidUTF8: "invalid UTF-8 in a string"
        case .trailingBytes: "unexpected bytes after the JSON text"
        case .tooDeep: "arrays and objects nested too deeply"
        case .tooManyNodes: "too many values"
        case .tooLong: "JSON text too long"
        }
    }
}
