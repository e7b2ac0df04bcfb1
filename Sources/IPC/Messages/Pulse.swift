/// Worker to supervisor, every second: I live, and this is my load.
public struct Pulse: IPCMessage, Equatable {
    public static let kind = MessageKind.pulse

    public var residentBytes: UInt64
    public var openExchanges: UInt32
    public var openConnections: UInt32
    /// Client bodies held in memory.
    public var bodyBytes: UInt64
    /// Since the start: messages of a kind this worker does not know.
    public var skippedMessages: UInt64
    /// Since the start: log records dropped because the channel was full.
    public var droppedRecords: UInt64
    /// The configuration that new requests get.
    public var snapshotRevision: UInt64

    public init(
        residentBytes: UInt64, openExchanges: UInt32, openConnections: UInt32, bodyBytes: UInt64 = 0,
        skippedMessages: UInt64 = 0, droppedRecords: UInt64 = 0, snapshotRevision: UInt64
    ) {
        self.residentBytes = residentBytes
        self.openExchanges = openExchanges
        self.openConnections = openConnections
        self.bodyBytes = bodyBytes
        self.skippedMessages = skippedMessages
        self.droppedRecords = droppedRecords
        self.snapshotRevision = snapshotRevision
    }

    public func encode(into writer: inout FrameWriter) {
        writer.uint64(residentBytes)
        writer.uint32(openExchanges)
        writer.uint32(openConnections)
        writer.uint64(bodyBytes)
        writer.uint64(skippedMessages)
        writer.uint64(droppedRecords)
        writer.uint64(snapshotRevision)
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        residentBytes = try reader.uint64()
        openExchanges = try reader.uint32()
        openConnections = try reader.uint32()
        bodyBytes = try reader.uint64()
        skippedMessages = try reader.uint64()
        droppedRecords = try reader.uint64()
        snapshotRevision = try reader.uint64()
    }
}
