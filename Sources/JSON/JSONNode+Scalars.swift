extension JSONNode {
    /// nil unless this is `true` or `false`.
    @inlinable
    public var bool: Bool? {
        let entry = entry
        guard entry.kindBits == UInt32(Kind.bool.rawValue) else { return nil }
        return entry.end - entry.start == 4
    }

    /// The decoded text of a string, nil for anything else. Lone surrogates become U+FFFD.
    public var string: String? {
        let entry = entry
        guard entry.kindBits == UInt32(Kind.string.rawValue) else { return nil }
        return document.bytes.withUnsafeBufferPointer { text in
            text.baseAddress.map { StringContent.decode($0, entry) }
        }
    }

    /// The inside of a string in the spelling of the text, nil for anything else. Neither decoded nor copied.
    @inlinable
    public var text: JSONString? {
        let entry = entry
        guard entry.kindBits == UInt32(Kind.string.rawValue) else { return nil }
        return JSONString(in: document.bytes, from: entry.start &+ 1, to: entry.end &- 1)
    }

    /// Whether this is a string that means exactly `expected`; allocates nothing unless the spelling holds escapes.
    @inlinable
    public func equals(_ expected: StaticString) -> Bool {
        let entry = entry
        guard entry.kindBits == UInt32(Kind.string.rawValue) else { return false }
        if entry.hasEscapes { return equalsDecoded(expected) }
        let count = expected.utf8CodeUnitCount
        guard Int(entry.end &- entry.start) &- 2 == count else { return false }
        defer { extendLifetime(document) }
        return TextScan.areEqual(document.text + Int(entry.start) + 1, expected.utf8Start, count: count)
    }

    @usableFromInline @inline(never)
    func equalsDecoded(_ expected: StaticString) -> Bool {
        expected.withUTF8Buffer { wanted in string.map { $0.utf8.elementsEqual(wanted) } ?? false }
    }

    /// A number as it is spelled; nil for anything else.
    public var numberText: String? {
        guard kind == .number else { return nil }
        return withRawBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// The exact value of a number that is a whole one and fits: `1.0` and `1e2` are, `1.5` and 2^63 are not (nil).
    public var int: Int? {
        guard kind == .number else { return nil }
        return withRawBytes { JSONNumber.exactInt($0) }
    }

    /// The nearest double of a number; nil for anything else, and for a number no finite double is near, such as `1e400`.
    public var double: Double? {
        guard kind == .number else { return nil }
        return withRawBytes { JSONNumber.double($0) }
    }
}
