/// Worker to supervisor: the client left while its request waited for a lease.
public struct LeaseCancel: IPCMessage, Equatable {
    public static let kind = MessageKind.leaseCancel

    public var requestID: String

    public init(requestID: String) { self.requestID = requestID }

    public func encode(into writer: inout FrameWriter) { writer.string(requestID) }

    public init(decoding reader: inout FrameReader) throws(IPCError) { requestID = try reader.string() }
}
