/// Fingerprint of a request body, to recognise the same body again: the first 16 bytes of a SHA-256.
///
/// A body above `wholeSizeMaxBytes` is known by its length, its first and its last `endSizeBytes` and some samples between,
/// so that tens of megabytes cost no more than 16 KiB. Who wants to make two long bodies look alike can; all they gain is to
/// be taken for themselves.
public enum BodyDigest {
    public static let byteCount = 16
    public static let wholeSizeMaxBytes = 16_384
    public static let endSizeBytes = 6_144
    public static let sampleCount = 16
    public static let sampleSizeBytes = 256

    public static func of(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { of($0) } }

    public static func of(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        guard bytes.count > wholeSizeMaxBytes else { return Array(SHA256.hash(bytes).prefix(byteCount)) }
        var hasher = SHA256()
        withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { hasher.update($0) }
        hasher.update(UnsafeRawBufferPointer(rebasing: bytes.prefix(endSizeBytes)))
        let middle = UnsafeRawBufferPointer(rebasing: bytes[endSizeBytes..<bytes.count - endSizeBytes])
        for sample in 0..<sampleCount {
            let start = middle.count / sampleCount * sample
            hasher.update(UnsafeRawBufferPointer(rebasing: middle[start..<start + sampleSizeBytes]))
        }
        hasher.update(UnsafeRawBufferPointer(rebasing: bytes.suffix(endSizeBytes)))
        return Array(hasher.finalize().prefix(byteCount))
    }
}
