import Platform
import Synchronization

/// Identifiers of requests, answers and calls. The kernel's randomness is fetched 8 KiB at a time, since a call for each of
/// several identifiers per request would show.
nonisolated enum Identifiers {
    private static let pageSizeBytes = 8192
    private static let page = Mutex(Page())
    private static let alphabet: StaticString = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

    /// Random words, used from the front; each once.
    private struct Page {
        private var words: [UInt64] = []
        private var used = 0

        mutating func next() -> UInt64 {
            if used == words.count {
                words = RandomID.bytes(pageSizeBytes).withUnsafeBytes { Array($0.bindMemory(to: UInt64.self)) }
                used = 0
            }
            used += 1
            return words[used - 1]
        }
    }

    /// So many letters and digits, each of the 62 equally likely.
    static let alphanumerics: @Sendable (Int) -> String = { text(prefix: "", $0) }

    /// The id of a client request, as it stands in headers, error bodies and log.
    static func request() -> String { text(prefix: "req_", 24) }

    /// A random UUID (RFC 9562, version 4) in lower case, for one upstream call.
    static func uuid() -> String {
        let (high, low) = page.withLock { ($0.next(), $0.next()) }
        return RandomID.uuid(random: high, low)
    }

    private static func text(prefix: StaticString, _ count: Int) -> String {
        let prefixCount = prefix.utf8CodeUnitCount
        return String(unsafeUninitializedCapacity: prefixCount + count) { out in
            for index in 0..<prefixCount { out[index] = prefix.utf8Start[index] }
            page.withLock { page in
                var index = prefixCount
                while index < prefixCount + count {
                    // Six bits at a time, ten times a word. 62 and 63 are passed over: no letter may be likelier than another.
                    var word = page.next()
                    for _ in 0..<10 where index < prefixCount + count {
                        let digit = Int(word & 63)
                        word >>= 6
                        guard digit < alphabet.utf8CodeUnitCount else { continue }
                        out[index] = alphabet.utf8Start[digit]
                        index += 1
                    }
                }
            }
            return prefixCount + count
        }
    }
}
