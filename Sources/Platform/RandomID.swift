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
    public static func uuid() -> String {
        var bytes = bytes(16)
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        let (high, low) = bytes.withUnsafeBytes {
            (
                UInt64(bigEndian: $0.load(as: UInt64.self)),
                UInt64(bigEndian: $0.load(fromByteOffset: 8, as: UInt64.self))
            )
        }
        return uuid(high, low)
    }

    /// The text of a UUID with these halves.
    static func uuid(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 36) { out in
            var index = 0
            for position in 0..<32 {
                if position == 8 || position == 12 || position == 16 || position == 20 {
                    out[index] = UInt8(ascii: "-")
                    index += 1
                }
                let half = position < 16 ? high : low
                out[index] = hexadecimal(UInt8(truncatingIfNeeded: half >> (60 - 4 * UInt64(position & 15)) & 15))
                index += 1
            }
            return index
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

    private static func hexadecimal(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
