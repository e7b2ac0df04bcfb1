/// Supervisor to worker, first on a new channel: who the worker is. The same in every major.
///
/// Descriptors: the ledger's memfd, the supervisor's pidfd.
public struct Hello: IPCMessage, Equatable {
    public static let kind = MessageKind.hello

    /// `ProtocolVersion.minor` of the supervisor.
    public var minor: UInt16
    /// The place in the pool, from 0; a replacement has the same.
    public var place: UInt32
    /// Counts the processes of all places since the supervisor's start, from 1.
    public var generation: UInt32
    /// Slots of the ledger.
    public var ledgerSlots: UInt32
    /// Version of the product, for the log.
    public var version: String
    /// Resident bytes above which the worker is replaced.
    public var softMemoryLimitBytes: UInt64

    /// What it is under a supervisor of minor 0, which does not say it.
    static let unsaidSoftMemoryLimitBytes: UInt64 = 512 << 20

    public init(
        minor: UInt16 = ProtocolVersion.minor, place: UInt32, generation: UInt32, ledgerSlots: UInt32, version: String,
        softMemoryLimitBytes: UInt64
    ) {
        self.minor = minor
        self.place = place
        self.generation = generation
        self.ledgerSlots = ledgerSlots
        self.version = version
        self.softMemoryLimitBytes = softMemoryLimitBytes
    }

    public func encode(into writer: inout FrameWriter) {
        writer.uint16(minor)
        writer.uint32(place)
        writer.uint32(generation)
        writer.uint32(ledgerSlots)
        writer.string(version)
        writer.uint64(softMemoryLimitBytes)
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        minor = try reader.uint16()
        place = try reader.uint32()
        generation = try reader.uint32()
        ledgerSlots = try reader.uint32()
        version = try reader.string()
        softMemoryLimitBytes = minor > 0 ? try reader.uint64() : Self.unsaidSoftMemoryLimitBytes
    }
}
