/// The inside of a JSON string literal in escaped form, without its quotes.
///
/// Text on its way from one JSON document to another is copied in this form; it is decoded only by who must look at it.
/// Never holds a line break or an unescaped quote. Equal means spelled alike: `\u0041` and `A` differ.
///
/// What was read from a document is a place in that document's text: nothing is copied, and the whole text stays for as long
/// as the string does. Whoever keeps one longer than the document keeps its `detached` form.
public struct JSONString: Sendable {
    /// The text it stands in: its own, or that of a document.
    @usableFromInline let text: [UInt8]
    @usableFromInline let start: UInt32
    @usableFromInline let end: UInt32

    /// A place in a document's text that is the valid inside of a JSON string literal. Not checked.
    @inlinable @inline(__always)
    init(in text: [UInt8], from start: UInt32, to end: UInt32) {
        self.text = text
        self.start = start
        self.end = end
    }

    /// Takes bytes that are the valid inside of a JSON string literal, fewer than 4 GiB. Not checked.
    @inlinable
    public init(escaped: [UInt8]) { self.init(in: escaped, from: 0, to: UInt32(escaped.count)) }

    /// Escapes `text`: quotes, backslashes and control characters, nothing else.
    public init(_ text: String) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 8)
        StringEscaping.append(text, to: &bytes)
        self.init(escaped: bytes)
    }

    /// The spelling, not copied.
    @inlinable
    public var escaped: ArraySlice<UInt8> { text[Int(start)..<Int(end)] }

    /// Bytes of the spelling.
    @inlinable @inline(__always)
    public var escapedCount: Int { Int(end &- start) }

    @inlinable @inline(__always)
    public var isEmpty: Bool { start == end }

    @inlinable @inline(__always)
    public func withEscaped<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        try text.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[Int(start)..<Int(end)])) }
    }

    /// The same text without the document around it.
    public var detached: JSONString { escapedCount == text.count ? self : JSONString(escaped: Array(escaped)) }

    /// The text this means; lone surrogates become U+FFFD.
    public var decoded: String {
        withEscaped { bytes in
            bytes.contains(UInt8(ascii: "\\"))
                ? StringContent.unescape(bytes) : String(decoding: bytes, as: UTF8.self)
        }
    }

    /// The same as UTF-8, of the beginning of the text alone: what the first `escapedSizeMaxBytes` of its spelling mean, cut
    /// between two characters.
    public func decodedBytes(escapedSizeMaxBytes: Int) -> [UInt8] {
        withEscaped { bytes in
            let end =
                bytes.count > escapedSizeMaxBytes ? StringContent.cut(bytes, at: escapedSizeMaxBytes) : bytes.count
            return [UInt8](unsafeUninitializedCapacity: end) { output, count in
                count = StringContent.unescape(UnsafeBufferPointer(rebasing: bytes[..<end]), into: output)
            }
        }
    }

    /// The beginning of the text: what the first `escapedSizeMaxBytes` of its spelling mean, cut between two characters.
    public func decodedPrefix(escapedSizeMaxBytes: Int) -> String {
        guard escapedCount > escapedSizeMaxBytes else { return decoded }
        return withEscaped { bytes in
            StringContent.unescape(
                UnsafeBufferPointer(rebasing: bytes[..<StringContent.cut(bytes, at: escapedSizeMaxBytes)]))
        }
    }
}

extension JSONString: Equatable {
    public static func == (left: JSONString, right: JSONString) -> Bool {
        left.withEscaped { left in
            right.withEscaped { right in
                guard left.count == right.count else { return false }
                guard let leftBase = left.baseAddress, let rightBase = right.baseAddress else { return true }
                return TextScan.areEqual(leftBase, rightBase, count: left.count)
            }
        }
    }
}

extension JSONString: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(text) }
}
