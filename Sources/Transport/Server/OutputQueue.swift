/// Bytes on their way to a client. Its memory comes from a pool when the first byte is queued and goes back with the last
/// one sent, so that a silent stream holds none.
@MainActor struct OutputQueue {
    /// Arrays kept for reuse, and the capacity above which one is not worth keeping.
    static let pooledMax = 64
    static let pooledCapacityMaxBytes = 64 * 1024

    private static var pool: [[UInt8]] = []
    private var bytes: [UInt8] = []
    private var start = 0

    var count: Int { bytes.count - start }
    var isEmpty: Bool { bytes.count == start }
    var isHoldingMemory: Bool { bytes.capacity > 0 }

    /// Lets `write` append; it must not touch what is there already.
    mutating func append(_ write: (inout [UInt8]) -> Void) {
        if bytes.isEmpty, let pooled = Self.pool.popLast() { bytes = pooled }
        write(&bytes)
    }

    mutating func append(contentsOf more: UnsafeRawBufferPointer) {
        append { $0.append(contentsOf: more) }
    }

    func withBytes<R, E>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try bytes.withUnsafeBufferPointer { (all) throws(E) -> R in
            try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(all)[start...]))
        }
    }

    /// The first `count` bytes have been sent.
    mutating func drop(_ count: Int) {
        start += count
        if start == bytes.count {
            removeAll()
        } else if start > Self.pooledCapacityMaxBytes, start > bytes.count / 2 {
            bytes.removeFirst(start)
            start = 0
        }
    }

    mutating func removeAll() {
        start = 0
        guard bytes.capacity > 0 else { return }
        var used: [UInt8] = []
        swap(&used, &bytes)
        guard used.capacity <= Self.pooledCapacityMaxBytes, Self.pool.count < Self.pooledMax else { return }
        used.removeAll(keepingCapacity: true)
        Self.pool.append(used)
    }
}
