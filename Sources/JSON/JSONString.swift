/// The inside of a JSON string literal in escaped form, without its quotes.
///
/// Text on its way from one JSON document to another is copied in this form; it is decoded only by who must look at it.
/// Never holds a line break or an unescaped quote. Equal means spelled alike: `\u0041` and `A` differ.
public struct JSONString: Sendable, Equatable {
    public let escaped: [UInt8]

    /// Escapes `text`: quotes, backslashes and control characters, nothing else.
    public init(_ text: String) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 8)
        StringEscaping.append(text, to: &bytes)
        escaped = bytes
    }

    /// Takes bytes that are the valid inside of a JSON string literal. Not checked.
    @inlinable
    public init(escaped: [UInt8]) { self.escaped = escaped }

    /// The text this means; lone surrogates become U+FFFD.
    public var decoded: String {
        escaped.withUnsafeBufferPointer { bytes in
            bytes.contains(UInt8(ascii: "\\"))
                ? StringContent.unescape(bytes) : String(decoding: bytes, as: UTF8.self)
        }
    }

    /// The beginning of the text: what the first `escapedSizeMaxBytes` of its spelling mean, cut between two characters.
    public func decodedPrefix(escapedSizeMaxBytes: Int) -> String {
        guard escaped.count > escapedSizeMaxBytes else { return decoded }
        return escaped.withUnsafeBufferPointer { bytes in
            StringContent.unescape(
                UnsafeBufferPointer(rebasing: bytes[..<StringContent.cut(bytes, at: escapedSizeMaxBytes)]))
        }
    }

    @inlinable
    public var isEmpty: Bool { escaped.isEmpty }
}

extension JSONString: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(text) }
}
