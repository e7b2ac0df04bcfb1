import Platform
import Synchronization

/// Identifiers of requests, answers and calls. The kernel's randomness is fetched 8 KiB at a time, since a call for each of
/// several identifiers per request would show.
nonisolated enum Identifiers {
    private static let pageSizeBytes = 8192
    private static let page = Mutex(Page())
    private static let alphabet: StaticString = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

    /// Random bytes, used from the front; each once.
    private struct Page {
        private var bytes: [UInt8] = []
        private var used = 0

        mutating func next() -> UInt8 {
            if used == bytes.count {
                bytes = RandomID.bytes(pageSizeBytes)
                used = 0
            }
            used += 1
            return bytes[used - 1]
        }
    }

    /// So many letters and digits, each of the 62 equally likely.
    static let alphanumerics: @Sendable (Int) -> String = { count in
        String(unsafeUninitializedCapacity: count) { out in
            page.withLock { page in
                var index = 0
                while index < count {
                    // 248 is the greatest multiple of 62 below 256: what lies above would favour the first letters.
                    let byte = page.next()
                    guard byte < 248 else { continue }
                    out[index] = alphabet.utf8Start[Int(byte) % alphabet.utf8CodeUnitCount]
                    index += 1
                }
            }
            return count
        }
    }

    /// The id of a client request, as it stands in headers, error bodies and log.
    static func request() -> String { "req_" + alphanumerics(24) }

    /// A random UUID (RFC 9562, version 4) in lower case, for one upstream call.
    static func uuid() -> String {
        let digits: StaticString = "0123456789abcdef"
        return String(unsafeUninitializedCapacity: 36) { out in
            page.withLock { page in
                var index = 0
                for position in 0..<16 {
                    var byte = page.next()
                    if position == 6 { byte = byte & 0x0f | 0x40 }
                    if position == 8 { byte = byte & 0x3f | 0x80 }
                    if position == 4 || position == 6 || position == 8 || position == 10 {
                        out[index] = UInt8(ascii: "-")
                        index += 1
                    }
                    out[index] = digits.utf8Start[Int(byte >> 4)]
                    out[index + 1] = digits.utf8Start[Int(byte & 15)]
                    index += 2
                }
            }
            return 36
        }
    }
}
