/// Fingerprint of a request body, to recognise the same body again: the first 16 bytes of a SHA-256.
///
/// A body above `wholeSizeMaxBytes` is known by its length and by the `WordFold` of its first and its last `endSizeBytes` and
/// of some samples between, so that tens of megabytes cost no more than 16 KiB. Who wants to make two long bodies look alike
/// can; all they gain is to be taken for themselves.
public enum BodyDigest {
    public static let byteCount = 16
    public static let wholeSizeMaxBytes = 16_384
    public static let endSizeBytes = 6_144
    public static let sampleCount = 16
    public static let sampleSizeBytes = 256

    public static func of(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { of($0) } }

    public static func of(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var hasher = SHA256()
        guard bytes.count > wholeSizeMaxBytes else {
            hasher.update(bytes)
            return hasher.finalize(byteCount: byteCount)
        }
        var fold = WordFold()
        fold.add(UnsafeRawBufferPointer(rebasing: bytes.prefix(endSizeBytes)))
        let middle = UnsafeRawBufferPointer(rebasing: bytes[endSizeBytes..<bytes.count - endSizeBytes])
        for sample in 0..<sampleCount {
            let start = middle.count / sampleCount * sample
            fold.add(UnsafeRawBufferPointer(rebasing: middle[start..<start + sampleSizeBytes]))
        }
        fold.add(UnsafeRawBufferPointer(rebasing: bytes.suffix(endSizeBytes)))
        for word in [UInt64(bytes.count), fold.first, fold.second] {
            withUnsafeBytes(of: word.littleEndian) { hasher.update($0) }
        }
        return hasher.finalize(byteCount: byteCount)
    }
}
