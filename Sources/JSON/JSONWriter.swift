/// Writes one JSON text from left to right into a byte array. Commas and colons are its business; that brackets match and
/// that every name gets a value is the caller's.
///
/// It stands on the path of every stream event: no stack, no state but "does the next value need a comma".
public struct JSONWriter: Sendable {
    public var bytes: [UInt8]
    @usableFromInline var needsComma = false

    @inlinable
    public init(reserving capacity: Int = 0) {
        bytes = capacity > 0 ? [UInt8](unsafeUninitializedCapacity: capacity) { _, count in count = 0 } : []
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
        name.withUTF8Buffer { appendQuoted($0, isName: true) }
    }

    /// Any other name. A literal is taken for a constant one.
    @_disfavoredOverload
    public mutating func name(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    // MARK: Values

    /// Any text. A literal is taken for a constant one that needs no escaping.
    @_disfavoredOverload
    @inlinable
    public mutating func string(_ text: String) {
        StringEscaping.withUTF8(of: text) { appendEscaped($0) }
    }

    /// A text that needs no escaping: no quotes, backslashes or control characters.
    @inlinable @inline(__always)
    public mutating func string(_ text: StaticString) {
        text.withUTF8Buffer { appendQuoted($0, isName: false) }
    }

    /// A text that is in escaped form already: quotes around a copy.
    @inlinable @inline(__always)
    public mutating func text(_ text: JSONString) {
        text.withEscaped { appendQuoted($0, isName: false) }
    }

    /// Any number of tokens of a constant spelling in one step: names, brackets and whole values without blank space, the commas
    /// between them included, the one in front of them not. The last may be the beginning of a string.
    @inlinable @inline(__always)
    public mutating func tokens(_ text: StaticString) {
        text.withUTF8Buffer { text in
            guard let first = text.first, let last = text.last else { return }
            let continues = needsComma && first != UInt8(ascii: "]") && first != UInt8(ascii: "}")
            bytes.append(continues ? UInt8(ascii: ",") : nil, text)
            needsComma = last != UInt8(ascii: "{") && last != UInt8(ascii: "[") && last != UInt8(ascii: ":")
        }
    }

    @inlinable
    public mutating func int(_ value: Int) { appendDigits(value) }

    @inlinable
    public mutating func bool(_ value: Bool) { value ? literal("true") : literal("false") }

    @inlinable
    public mutating func null() { literal("null") }

    /// A number as it is spelled; the caller answers for the grammar of RFC 8259 section 6.
    @inlinable
    public mutating func number(text: String) {
        StringEscaping.withUTF8(of: text) { bytes.append(needsComma ? UInt8(ascii: ",") : nil, $0) }
        needsComma = true
    }

    /// One value that is JSON already.
    @inlinable
    public mutating func raw(_ text: [UInt8]) {
        text.withUnsafeBufferPointer { bytes.append(needsComma ? UInt8(ascii: ",") : nil, $0) }
        needsComma = true
    }

    /// One value that is JSON already.
    @inlinable @inline(__always)
    public mutating func raw(_ text: ArraySlice<UInt8>) {
        text.withUnsafeBufferPointer { bytes.append(needsComma ? UInt8(ascii: ",") : nil, $0) }
        needsComma = true
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
    public mutating func appendContent(_ text: JSONString) { text.withEscaped { bytes.append(nil, $0) } }

    @inlinable
    public mutating func appendContent(_ text: String) { StringEscaping.append(text, to: &bytes) }

    @inlinable @inline(__always)
    public mutating func endString() { bytes.append(UInt8(ascii: "\"")) }

    // MARK: Taking back

    /// A place in the text to which the writer can go back.
    public struct Mark {
        @usableFromInline let count: Int
        @usableFromInline let needsComma: Bool

        @inlinable
        init(count: Int, needsComma: Bool) {
            self.count = count
            self.needsComma = needsComma
        }
    }

    @inlinable
    public var mark: Mark { Mark(count: bytes.count, needsComma: needsComma) }

    /// Takes back what was written since.
    @inlinable
    public mutating func goBack(to mark: Mark) {
        bytes.removeSubrange(mark.count...)
        needsComma = mark.needsComma
    }

    // MARK: Pieces

    @inlinable @inline(__always)
    mutating func beforeValue() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    @inlinable @inline(__always)
    mutating func literal(_ word: StaticString) {
        word.withUTF8Buffer { bytes.append(needsComma ? UInt8(ascii: ",") : nil, $0) }
        needsComma = true
    }

    /// A string, or a name with its colon, with whatever comma belongs in front of it.
    @usableFromInline
    mutating func appendQuoted(_ content: UnsafeBufferPointer<UInt8>, isName: Bool) {
        let comma = needsComma
        bytes.append(room: content.count &+ 4) { place in
            var end = place
            if comma {
                end.initialize(to: UInt8(ascii: ","))
                end += 1
            }
            end.initialize(to: UInt8(ascii: "\""))
            end += 1
            if let base = content.baseAddress { end.initialize(from: base, count: content.count) }
            end += content.count
            end.initialize(to: UInt8(ascii: "\""))
            end += 1
            if isName {
                end.initialize(to: UInt8(ascii: ":"))
                end += 1
            }
            return end - place
        }
        needsComma = !isName
    }

    /// A string of valid UTF-8. Most need no escape.
    @usableFromInline
    mutating func appendEscaped(_ content: UnsafeBufferPointer<UInt8>) {
        guard StringEscaping.needsEscapes(content) else { return appendQuoted(content, isName: false) }
        beginString()
        StringEscaping.append(content, to: &bytes)
        endString()
    }

    @usableFromInline
    mutating func appendDigits(_ value: Int) {
        let comma = needsComma
        bytes.append(room: Self.digitCountMax &+ 2) { place in
            var end = place
            if comma {
                end.initialize(to: UInt8(ascii: ","))
                end += 1
            }
            if value < 0 {
                end.initialize(to: UInt8(ascii: "-"))
                end += 1
            }
            var count = 1
            var bound: UInt = 10
            while count < Self.digitCountMax, value.magnitude >= bound {
                count &+= 1
                bound = bound &* 10
            }
            var rest = value.magnitude
            for digit in stride(from: count &- 1, through: 0, by: -1) {
                (end + digit).initialize(to: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10))
                rest /= 10
            }
            return end + count - place
        }
        needsComma = true
    }

    /// Digits of the greatest magnitude, 2^63.
    private static let digitCountMax = 19
}
