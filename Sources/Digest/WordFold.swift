/// A fingerprint of 128 bits that costs a tenth of a SHA-256, for who fears accidents and no forger: two lanes, each the folded
/// product of its next sixteen bytes and of what it was before.
public struct WordFold {
    private(set) var first: UInt64 = 0x9e37_79b9_7f4a_7c15
    private(set) var second: UInt64 = 0xc2b2_ae3d_27d4_eb4f

    /// Bytes that one step takes.
    static let stepSizeBytes = 32

    init() {}

    /// A fingerprint of any bytes, of 64 bits.
    public static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var fold = WordFold()
        let wholeSize = bytes.count / stepSizeBytes * stepSizeBytes
        fold.add(UnsafeRawBufferPointer(rebasing: bytes[..<wholeSize]))
        // What is left, and how much it was: zeros at the end tell apart too.
        var rest = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
        withUnsafeMutableBytes(of: &rest) { rest in
            rest.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[wholeSize...]))
            fold.add(UnsafeRawBufferPointer(rest))
        }
        return fold.first ^ (fold.second &+ UInt64(bytes.count))
    }

    /// - Parameter bytes: a multiple of `stepSizeBytes` long.
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        for offset in stride(from: 0, to: bytes.count, by: Self.stepSizeBytes) {
            first = Self.fold(Self.word(bytes, offset) ^ Self.key, Self.word(bytes, offset + 8) ^ first)
            second = Self.fold(Self.word(bytes, offset + 16) ^ Self.key, Self.word(bytes, offset + 24) ^ second)
        }
    }

    /// Odd, and half of its bits set.
    private static let key: UInt64 = 0x8ebc_6af0_9c88_c6e3

    @inline(__always)
    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
