import Digest
import JSON

/// Fingerprints of texts, as keys of signatures have them.
struct SignatureDigest {
    private var hasher = SHA256()
    private(set) var isEmpty = true

    /// SHA-256 of what a text means, however it is spelled.
    static func of(_ text: JSONString) -> [UInt8] {
        var digest = SignatureDigest()
        digest.add(text)
        return digest.value
    }

    /// One key out of two: the digest of a name, a zero, and a digest.
    static func joined(_ name: String, _ digest: [UInt8]) -> [UInt8] {
        SHA256.hash(Array(name.utf8) + [0] + digest)
    }

    mutating func add(_ text: JSONString) {
        guard !text.isEmpty else { return }
        isEmpty = false
        if text.escaped.contains(UInt8(ascii: "\\")) {
            hasher.update(Array(text.decoded.utf8))
        } else {
            text.withEscaped { hasher.update(UnsafeRawBufferPointer($0)) }
        }
    }

    /// Of everything that was added so far.
    var value: [UInt8] { hasher.finalize() }
}
