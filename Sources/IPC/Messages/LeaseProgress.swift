/// Worker to supervisor, once per stream: content has gone to the client, so there will be no further attempt.
public struct LeaseProgress: IPCMessage, Equatable {
    public static let kind = MessageKind.leaseProgress

    public var leaseID: String
    /// From the beginning of the attempt to its first content.
    public var firstContentMilliseconds: UInt32

    public init(leaseID: String, firstContentMilliseconds: UInt32) {
        self.leaseID = leaseID
        self.firstContentMilliseconds = firstContentMilliseconds
    }

    public func encode(into writer: inout FrameWriter) {
        writer.string(leaseID)
        writer.uint32(firstContentMilliseconds)
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        leaseID = try reader.string()
        firstContentMilliseconds = try reader.uint32()
    }
}
