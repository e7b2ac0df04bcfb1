/// The id of a request as a key.
///
/// Ids are made by workers, at random: the last eight bytes tell them apart, and a hash of all of them would cost more than the
/// rest of a look-up.
public struct RequestName: Hashable, Sendable {
    public let text: String

    public init(_ text: String) { self.text = text }

    public func hash(into hasher: inout Hasher) { hasher.combine(tail) }

    /// Equal ones have equal tails, whatever else Unicode calls equal.
    public static func == (one: RequestName, other: RequestName) -> Bool {
        one.tail == other.tail && one.text == other.text
    }

    private var tail: UInt64 {
        text.utf8.withContiguousStorageIfAvailable { bytes in
            let size = MemoryLayout<UInt64>.size
            guard bytes.count >= size else { return bytes.reduce(0) { $0 << 8 | UInt64($1) } }
            return UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: bytes.count - size, as: UInt64.self)
        } ?? 0
    }
}
