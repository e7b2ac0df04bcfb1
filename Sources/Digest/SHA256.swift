/// SHA-256 (FIPS 180-4), for fingerprints of keys and bodies. Where the processor has no instructions for it a megabyte takes
/// milliseconds, so long bodies go through `BodyDigest`.
public struct SHA256: Sendable {
    public static let byteCount = 32
    private static let blockSize = SHA256State.blockSize
    /// Bytes at the end of the last block that hold the length.
    private static let lengthSize = 8

    private var state = SHA256State()
    /// Bytes that do not fill a block yet: the first `pendingCount`.
    private var pending = InlineArray<64, UInt8>(repeating: 0)
    private var pendingCount = 0
    private var lengthBytes: UInt64 = 0

    public init() {}

    /// The 32 bytes of the digest.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { hash($0) } }

    public static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var hasher = SHA256()
        hasher.update(bytes)
        return hasher.finalize()
    }

    public static func hash(_ bytes: some Sequence<UInt8>) -> [UInt8] { hash(Array(bytes)) }

    /// The UTF-8 form of a text.
    public mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        lengthBytes &+= UInt64(bytes.count)
        var cursor = 0
        if pendingCount > 0 {
            cursor = min(bytes.count, Self.blockSize - pendingCount)
            keep(base, cursor)
            guard pendingCount == Self.blockSize else { return }
            compressPending()
        }
        let blocks = (bytes.count - cursor) / Self.blockSize
        state.compress(base + cursor, count: blocks)
        cursor += blocks * Self.blockSize
        keep(base + cursor, bytes.count - cursor)
    }

    /// Pads, and gives the first bytes of the digest of everything that was added, all of them unless told otherwise.
    public consuming func finalize(byteCount: Int = SHA256.byteCount) -> [UInt8] {
        let lengthBits = lengthBytes &* 8
        pending[pendingCount] = 0x80
        pendingCount += 1
        if pendingCount > Self.blockSize - Self.lengthSize {
            fillPending(to: Self.blockSize)
            compressPending()
        }
        fillPending(to: Self.blockSize - Self.lengthSize)
        for index in 0..<Self.lengthSize {
            pending[Self.blockSize - 1 - index] = UInt8(truncatingIfNeeded: lengthBits >> UInt64(8 * index))
        }
        compressPending()
        return state.bytes(count: byteCount)
    }

    private mutating func keep(_ bytes: UnsafeRawPointer, _ count: Int) {
        guard count > 0 else { return }
        withUnsafeMutableBytes(of: &pending) {
            $0[pendingCount..<pendingCount + count].copyBytes(from: UnsafeRawBufferPointer(start: bytes, count: count))
        }
        pendingCount += count
    }

    private mutating func fillPending(to end: Int) {
        withUnsafeMutableBytes(of: &pending) { pending in
            _ = pending[pendingCount..<end].initializeMemory(as: UInt8.self, repeating: 0)
        }
        pendingCount = end
    }

    private mutating func compressPending() {
        withUnsafeBytes(of: pending) { block in
            if let base = block.baseAddress { state.compress(base, count: 1) }
        }
        pendingCount = 0
    }
}
