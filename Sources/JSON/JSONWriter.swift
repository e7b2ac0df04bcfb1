/// Writes one JSON text from left to right into a byte array. Commas and colons are its business; that brackets match and
/// that every name gets a value is the caller's.
///
/// It stands on the path of every stream event: no stack, no state but "does the next value need a comma".
public struct JSONWriter: Sendable {
    public var bytes: [UInt8]
    @usableFromInline var needsComma = false

    @inlinable
    public init(reserving capacity: Int = 0) {
        bytes = []
        if capacity > 0 { bytes.reserveCapacity(capacity) }
    }

    /// Writes behind what `bytes` holds already, as a text of its own.
    @inlinable
    public init(appendingTo bytes: consuming [UInt8]) { self.bytes = bytes }

    /// Writes a text directly behind what `output` holds, without a buffer in between.
    @inlinable
    public static func append(to output: inout [UInt8], _ body: (inout JSONWriter) -> Void) {
        var writer = JSONWriter(appendingTo: output)
        output = []
        body(&writer)
        output = writer.bytes
    }

    // MARK: Containers

    @inlinable @inline(__always)
    public mutating func beginObject() {
        beforeValue()
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
    }

    @inlinable @inline(__always)
    public mutating func endObject() {
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    @inlinable @inline(__always)
    public mutating func beginArray() {
        beforeValue()
        bytes.append(UInt8(ascii: "["))
        needsComma = false
    }

    @inlinable @inline(__always)
    public mutating func endArray() {
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    /// A member name that needs no escaping: plain ASCII without quotes and backslashes.
    @inlinable @inline(__always)
    public mutating func name(_ name: StaticString) {
        beforeValue()
        name.withUTF8Buffer { appendQuoted($0) }
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    public mutating func name(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    // MARK: Values

    @inlinable
    public mutating func string(_ text: String) {
        beginString()
        StringEscaping.append(text, to: &bytes)
        endString()
    }

    /// A text that needs no escaping: no quotes, backslashes or control characters.
    @inlinable @inline(__always)
    public mutating func string(_ text: StaticString) {
        beforeValue()
        text.withUTF8Buffer { appendQuoted($0) }
    }

    /// A text that is in escaped form already: quotes around a copy.
    @inlinable @inline(__always)
    public mutating func text(_ text: JSONString) {
        beforeValue()
        text.withEscaped { appendQuoted($0) }
    }

    @inlinable
    public mutating func int(_ value: Int) {
        beforeValue()
        appendDigits(value)
    }

    @inlinable
    public mutating func bool(_ value: Bool) { value ? literal("true") : literal("false") }

    @inlinable
    public mutating func null() { literal("null") }

    /// A number as it is spelled; the caller answers for the grammar of RFC 8259 section 6.
    @inlinable
    public mutating func number(text: String) {
        beforeValue()
        bytes.append(contentsOf: text.utf8)
    }

    /// One value that is JSON already.
    @inlinable
    public mutating func raw(_ text: some Collection<UInt8>) {
        beforeValue()
        bytes.append(contentsOf: text)
    }

    // MARK: One string from pieces

    @inlinable @inline(__always)
    public mutating func beginString() {
        beforeValue()
        bytes.append(UInt8(ascii: "\""))
    }

    @inlinable @inline(__always)
    public mutating func appendContent(_ text: JSONString) { text.withEscaped { bytes.append(contentsOf: $0) } }

    @inlinable
    public mutating func appendContent(_ text: String) { StringEscaping.append(text, to: &bytes) }

    @inlinable @inline(__always)
    public mutating func endString() { bytes.append(UInt8(ascii: "\"")) }

    // MARK: Pieces

    @inlinable @inline(__always)
    mutating func beforeValue() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    @inlinable @inline(__always)
    mutating func literal(_ word: StaticString) {
        beforeValue()
        word.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    @inlinable @inline(__always)
    mutating func appendQuoted(_ content: UnsafeBufferPointer<UInt8>) {
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: content)
        bytes.append(UInt8(ascii: "\""))
    }

    @usableFromInline
    mutating func appendDigits(_ value: Int) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.digitCountMax) { digits in
            var first = Self.digitCountMax
            repeat {
                first &-= 1
                digits[first] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[first...]))
        }
    }

    /// Digits of 2^64.
    private static let digitCountMax = 20
}
