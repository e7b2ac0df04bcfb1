import CPlatform

/// Randomness of the kernel (getrandom(2)), for identifiers and secrets.
public enum RandomID {
    public static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            let result = platform_get_random(buffer.baseAddress, count)
            precondition(result == 0, "the kernel gives no random bytes")
            used = count
        }
    }

    public static func uint64() -> UInt64 {
        var value: UInt64 = 0
        let result = platform_get_random(&value, MemoryLayout<UInt64>.size)
        precondition(result == 0, "the kernel gives no random bytes")
        return value
    }

    /// A random UUID (RFC 9562, version 4) in lower case.
    public static func uuid() -> String { uuid(random: uint64(), uint64()) }

    /// The UUID of version 4 that these random halves make.
    public static func uuid(random high: UInt64, _ low: UInt64) -> String {
        uuid(high & 0xffff_ffff_ffff_0fff | 0x4000, low & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000)
    }

    /// The text of a UUID with these halves.
    static func uuid(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 36) { out in
            for place in [8, 13, 18, 23] { out[place] = UInt8(ascii: "-") }
            write(high >> 32, 0..<8, of: out)
            write(high >> 16, 9..<13, of: out)
            write(high, 14..<18, of: out)
            write(low >> 48, 19..<23, of: out)
            write(low, 24..<36, of: out)
            return 36
        }
    }

    /// Fills these places with the last hexadecimal digits of a number.
    @inline(__always)
    private static func write(_ number: UInt64, _ places: Range<Int>, of out: UnsafeMutableBufferPointer<UInt8>) {
        var rest = number
        for place in places.reversed() {
            out[place] = digits.utf8Start[Int(rest & 15)]
            rest >>= 4
        }
    }

    private static let digits: StaticString = "0123456789abcdef"

    /// Letters and digits, each of the 62 equally likely.
    public static func alphanumerics(_ count: Int) -> String {
        let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(count)
        while text.count < count {
            // 248 is the greatest multiple of 62 below 256: what lies above would favour the first letters.
            for byte in bytes((count - text.count) * 5 / 4 + 1) where byte < 248 && text.count < count {
                text.append(alphabet[Int(byte) % 62])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
