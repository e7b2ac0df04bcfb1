import CJSON

/// The byte-level questions of the parser and the writer, many bytes at a time.
@usableFromInline
enum TextScan {
    @inlinable @inline(__always)
    static func word(_ base: UnsafePointer<UInt8>, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self))
    }

    @inlinable @inline(__always)
    static func halfWord(_ base: UnsafePointer<UInt8>, _ offset: Int) -> UInt32 {
        UnsafeRawPointer(base + offset).loadUnaligned(as: UInt32.self)
    }

    /// High bit of every byte that is `"`, `\`, below 0x20 or above 0x7F. Exact up to and including the first one;
    /// borrows may set bits of bytes behind it.
    ///
    /// `"` and the control characters share one subtraction: with bit 1 flipped they are exactly the bytes below 0x21.
    @inlinable @inline(__always)
    static func specials(_ word: UInt64) -> UInt64 {
        let quoteOrControl = (word ^ 0x0202_0202_0202_0202) &- 0x2121_2121_2121_2121
        let backslash = (word ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101
        return (quoteOrControl | backslash | word) & 0x8080_8080_8080_8080
    }

    @inlinable @inline(__always)
    static func isSpecial(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// Offset of the first byte from `offset` on that is special inside a string, or `end`.
    @inline(__always)
    static func plainRunEnd(_ base: UnsafePointer<UInt8>, from offset: Int, to end: Int) -> Int {
        var cursor = offset
        while cursor &+ 16 <= end {
            let mask = json_special_bytes_of_16(base + cursor)
            if mask != 0 { return cursor &+ mask.trailingZeroBitCount }
            cursor &+= 16
        }
        while cursor &+ 8 <= end {
            let mask = specials(word(base, cursor))
            if mask != 0 { return cursor &+ (mask.trailingZeroBitCount &>> 3) }
            cursor &+= 8
        }
        while cursor < end, !isSpecial(base[cursor]) { cursor &+= 1 }
        return cursor
    }

    /// Offset of the first byte from `offset` on that a JSON string must escape (RFC 8259 section 7), or `end`.
    /// The bytes are valid UTF-8 already.
    @inline(__always)
    static func unescapedRunEnd(_ base: UnsafePointer<UInt8>, from offset: Int, to end: Int) -> Int {
        var cursor = offset
        while cursor < end {
            cursor = plainRunEnd(base, from: cursor, to: end)
            while cursor < end, base[cursor] >= 0x80 { cursor &+= 1 }
            if cursor < end, isSpecial(base[cursor]) { return cursor }
        }
        return cursor
    }

    /// Length of the well-formed UTF-8 sequence of two to four bytes at `offset`, or 0 if it is ill-formed
    /// (Unicode 16, table 3-7: no overlong form, no surrogate, nothing above U+10FFFF).
    @inlinable @inline(__always)
    static func multibyteLength(_ base: UnsafePointer<UInt8>, at offset: Int, to end: Int) -> Int {
        var word: UInt32 = 0
        if offset &+ 4 <= end {
            word = UInt32(littleEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt32.self))
        } else {
            for step in 0..<(end &- offset) { word |= UInt32(base[offset &+ step]) &<< UInt32(8 &* step) }
        }
        if word & 0x00C0_C0F0 == 0x0080_80E0 {
            let scalar = (word & 0x0F) &<< 12 | (word & 0x3F00) &>> 2 | (word &>> 16) & 0x3F
            return scalar >= 0x800 && scalar &>> 11 != 0x1B ? 3 : 0
        }
        if word & 0xC0E0 == 0x80C0 { return word & 0x1E != 0 ? 2 : 0 }
        if word & 0xC0C0_C0F8 == 0x8080_80F0 {
            let high = (word & 0x07) &<< 6 | (word &>> 8) & 0x3F
            return high >= 0x10 && high < 0x110 ? 4 : 0
        }
        return 0
    }

    /// Whether two stretches of `count` bytes are the same.
    @inlinable @inline(__always)
    static func areEqual(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, count: Int) -> Bool {
        var cursor = 0
        while cursor &+ 8 <= count {
            if word(left, cursor) != word(right, cursor) { return false }
            cursor &+= 8
        }
        if count >= 8 { return word(left, count &- 8) == word(right, count &- 8) }
        if count >= 4 {
            return halfWord(left, 0) == halfWord(right, 0)
                && halfWord(left, count &- 4) == halfWord(right, count &- 4)
        }
        while cursor < count {
            if left[cursor] != right[cursor] { return false }
            cursor &+= 1
        }
        return true
    }

    /// Value of a hexadecimal digit, nil for any other byte.
    @inlinable @inline(__always)
    static func hexValue(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte &- UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte &- UInt8(ascii: "a") &+ 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte &- UInt8(ascii: "A") &+ 10)
        default: nil
        }
    }
}
