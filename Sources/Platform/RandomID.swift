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
        String(unsafeUninitializedCapacity: UUIDText.byteCount) { out in
            UUIDText.write(high, low, into: UnsafeMutableRawBufferPointer(out))
            return UUIDText.byteCount
        }
    }

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
