/// Worker to supervisor: this connection is yours again.
///
/// Descriptor: the socket, already out of the worker's epoll set. The supervisor drops its own duplicate.
public struct Returned: IPCMessage, Equatable {
    public static let kind = MessageKind.returned

    public enum Reason: UInt8, Sendable {
        /// Its next request is not of the AI group.
        case otherGroup = 0
        /// The worker drains and the connection is idle.
        case drain = 1
        /// The worker holds too much to begin its next request.
        case load = 2
    }

    /// Numbered with `closed` and `exchangeEnd` until `ack`.
    public var number: UInt64
    public var connection: ConnectionID
    public var reason: Reason
    /// Bytes that were read from the connection before the first of `received`, over its whole life.
    public var consumedBefore: UInt64
    /// Bytes that were written to the connection over its whole life.
    public var written: UInt64
    /// What was read and belongs to a request not served yet; empty, or begins with a request line.
    public var received: [UInt8]

    public init(
        number: UInt64, connection: ConnectionID, reason: Reason, consumedBefore: UInt64, written: UInt64,
        received: [UInt8]
    ) {
        self.number = number
        self.connection = connection
        self.reason = reason
        self.consumedBefore = consumedBefore
        self.written = written
        self.received = received
    }

    public func encode(into writer: inout FrameWriter) {
        writer.uint64(number)
        connection.encode(into: &writer)
        writer.uint8(reason.rawValue)
        writer.uint64(consumedBefore)
        writer.uint64(written)
        writer.blob(received)
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        number = try reader.uint64()
        connection = try ConnectionID(decoding: &reader)
        reason = try reader.oneOf(Reason.self, field: "returned.reason")
        consumedBefore = try reader.uint64()
        written = try reader.uint64()
        received = try reader.blob()
    }
}
