/// Supervisor to worker: from here on the worker serves this client connection.
///
/// Descriptor: the socket, already out of the supervisor's epoll set; the supervisor keeps a duplicate. Before this message
/// is queued the supervisor has filled the ledger slot (generation, `reading`, both baselines).
public struct Handoff: IPCMessage, Equatable {
    public static let kind = MessageKind.handoff

    public var connection: ConnectionID
    /// Printable address of the peer, without the port.
    public var peer: String
    public var isPeerLoopback: Bool
    /// How many workers had this request before and died of something: 0 or 1.
    public var handedBefore: UInt8
    /// Bytes that were read from the connection before the first of `received`, over its whole life.
    public var consumedBefore: UInt64
    /// Bytes that were written to the connection over its whole life.
    public var written: UInt64
    /// What was read and belongs to a request not served yet; begins with a request line.
    public var received: [UInt8]

    public init(
        connection: ConnectionID, peer: String, isPeerLoopback: Bool, handedBefore: UInt8 = 0,
        consumedBefore: UInt64 = 0, written: UInt64 = 0, received: [UInt8]
    ) {
        self.connection = connection
        self.peer = peer
        self.isPeerLoopback = isPeerLoopback
        self.handedBefore = handedBefore
        self.consumedBefore = consumedBefore
        self.written = written
        self.received = received
    }

    public func encode(into writer: inout FrameWriter) {
        connection.encode(into: &writer)
        writer.string(peer)
        writer.bool(isPeerLoopback)
        writer.uint8(handedBefore)
        writer.uint64(consumedBefore)
        writer.uint64(written)
        writer.blob(received)
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        connection = try ConnectionID(decoding: &reader)
        peer = try reader.string()
        isPeerLoopback = try reader.bool()
        handedBefore = try reader.uint8()
        consumedBefore = try reader.uint64()
        written = try reader.uint64()
        received = try reader.blob()
    }
}
