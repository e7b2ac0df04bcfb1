/// Worker to supervisor, every 30 s: these leases are in use. One that is not named for 90 s is taken back.
public struct LeaseAlive: IPCMessage, Equatable {
    public static let kind = MessageKind.leaseAlive

    public var leaseIDs: [String]

    public init(leaseIDs: [String]) { self.leaseIDs = leaseIDs }

    public func encode(into writer: inout FrameWriter) { writer.list(leaseIDs) { $0.string($1) } }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        leaseIDs = try reader.list { reader throws(IPCError) in try reader.string() }
    }
}
