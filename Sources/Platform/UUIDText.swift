/// The text of a UUID in lower case (RFC 9562, section 4): groups of 8, 4, 4, 4 and 12 hexadecimal digits.
enum UUIDText {
    static let byteCount = 36

    /// Writes the UUID of these halves over the first 36 bytes of `out`.
    static func write(_ high: UInt64, _ low: UInt64, into out: UnsafeMutableRawBufferPointer) {
        precondition(out.count >= byteCount, "there is room for a UUID")
        let second = digits(UInt32(truncatingIfNeeded: high))
        let third = digits(UInt32(low >> 32))
        out.storeBytes(of: digits(UInt32(high >> 32)).littleEndian, as: UInt64.self)
        out[8] = UInt8(ascii: "-")
        out.storeBytes(of: UInt32(truncatingIfNeeded: second).littleEndian, toByteOffset: 9, as: UInt32.self)
        out[13] = UInt8(ascii: "-")
        out.storeBytes(of: UInt32(second >> 32).littleEndian, toByteOffset: 14, as: UInt32.self)
        out[18] = UInt8(ascii: "-")
        out.storeBytes(of: UInt32(truncatingIfNeeded: third).littleEndian, toByteOffset: 19, as: UInt32.self)
        out[23] = UInt8(ascii: "-")
        out.storeBytes(of: UInt32(third >> 32).littleEndian, toByteOffset: 24, as: UInt32.self)
        out.storeBytes(
            of: digits(UInt32(truncatingIfNeeded: low)).littleEndian, toByteOffset: 28, as: UInt64.self)
    }

    /// The eight digits of a number, the first of them in the lowest byte.
    private static func digits(_ value: UInt32) -> UInt64 {
        var spread = UInt64(value.byteSwapped)
        spread = (spread | spread << 16) & 0x0000_ffff_0000_ffff
        spread = (spread | spread << 8) & 0x00ff_00ff_00ff_00ff
        // Each byte has become two: its upper half first.
        let nibbles = spread >> 4 & 0x000f_000f_000f_000f | (spread & 0x000f_000f_000f_000f) << 8
        // 1 in each byte that is 10 or more and so becomes a letter, 39 places behind where a digit would be.
        let letters = (nibbles + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return nibbles + 0x3030_3030_3030_3030 + letters * 39
    }
}
