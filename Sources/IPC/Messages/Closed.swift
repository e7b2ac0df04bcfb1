/// Worker to supervisor: these connections are over, shut down and closed here; drop the duplicates and reuse the slots.
/// One message for all of a loop turn.
public struct Closed: IPCMessage, Equatable {
    public static let kind = MessageKind.closed

    /// Numbered with `returned` and `exchangeEnd` until `ack`.
    public var number: UInt64
    public var connections: [ConnectionID]

    public init(number: UInt64, connections: [ConnectionID]) {
        self.number = number
        self.connections = connections
    }

    public func encode(into writer: inout FrameWriter) {
        writer.uint64(number)
        writer.list(connections) { $1.encode(into: &$0) }
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        number = try reader.uint64()
        connections = try reader.list { reader throws(IPCError) in try ConnectionID(decoding: &reader) }
    }
}
