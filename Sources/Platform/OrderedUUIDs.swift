/// UUIDs in the order in which they are made (RFC 9562, version 7): an index over them grows at its end.
///
/// Within a millisecond the random part of the first one is counted up (method 2 of section 6.2), so that making many asks
/// the kernel for few random bytes. They are names, not secrets: one tells the next.
public struct OrderedUUIDs: Sendable {
    private var milliseconds: UInt64 = 0
    private var tail: UInt64 = 0
    private var head: UInt64 = 0

    public init() {}

    /// - Parameter unixMilliseconds: since 1970; a clock that went back does not take the order with it.
    public mutating func next(unixMilliseconds: UInt64) -> OrderedUUID {
        if unixMilliseconds > milliseconds {
            milliseconds = unixMilliseconds
            head = RandomID.uint64() & 0xfff
            // The upper half stays free, so that counting up never leaves its 62 bits.
            tail = RandomID.uint64() & (1 << 61 - 1)
        } else {
            tail += 1
        }
        return OrderedUUID(high: milliseconds << 16 | 0x7000 | head, low: 1 << 63 | tail)
    }
}

/// One of them, as a number.
public struct OrderedUUID: Sendable {
    /// Bytes of its text.
    public static let textByteCount = UUIDText.byteCount

    private let high: UInt64
    private let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public var text: String { RandomID.uuid(high, low) }

    /// Writes its text over the first bytes of `out`.
    public func write(into out: UnsafeMutableRawBufferPointer) { UUIDText.write(high, low, into: out) }
}
