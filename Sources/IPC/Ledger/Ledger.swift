import Platform
import Synchronization

/// The shared memory in which a worker writes down what each of its connections is doing, for the supervisor to read.
///
/// Made, sized and sealed by the supervisor; mapped by both. Lives on the event loop of each process.
public final class Ledger: @unchecked Sendable {
    /// Slots of a worker: more connections than its descriptor limit allows it to serve.
    public static let slotsMax = 8192

    public let slotCount: Int
    private let file: MemoryFile
    private let base: UnsafeMutableRawPointer

    /// A ledger of `slots` free slots.
    public static func create(slots: Int = slotsMax) throws(IPCError) -> Ledger {
        do {
            return try Ledger(MemoryFile.create(name: "ledger", size: slots * LedgerSlot.byteCount), slots: slots)
        } catch {
            throw .system(errno: error.errno)
        }
    }

    /// Maps the ledger that came with `hello` or `adopted`.
    /// - Throws: `.memoryNotSealed` if its size is another or could still change.
    public static func adopt(_ descriptor: consuming FileDescriptor, slots: Int) throws(IPCError) -> Ledger {
        guard slots > 0, slots <= slotsMax else { throw .memoryNotSealed }
        do {
            let file = try MemoryFile(adopting: descriptor, expectedSize: slots * LedgerSlot.byteCount)
            return try Ledger(file, slots: slots)
        } catch {
            throw .memoryNotSealed
        }
    }

    private init(_ file: MemoryFile, slots: Int) throws(SystemError) {
        precondition(slots > 0, "a ledger has slots")
        self.file = file
        slotCount = slots
        let mapping = try file.map(writable: true)
        guard let base = mapping.baseAddress else { throw SystemError(call: "mmap", errno: 0) }
        self.base = base
    }

    /// The memfd, to be lent to `hello`.
    public var rawDescriptor: CInt { file.descriptor.raw }

    /// A slot to read or write.
    public subscript(index: Int) -> LedgerCursor {
        precondition(index >= 0 && index < slotCount, "a slot of this ledger")
        let address = base + index * LedgerSlot.byteCount
        return LedgerCursor(
            address.assumingMemoryBound(to: Atomic<UInt64>.self), keeping: self)
    }
}
