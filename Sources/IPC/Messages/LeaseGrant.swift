/// Supervisor to worker: the answer to `leaseRequest` that lets an attempt begin. Holds a credential: never logged.
public struct LeaseGrant: IPCMessage, Equatable {
    public static let kind = MessageKind.leaseGrant

    public var requestID: String
    /// The attempt of the request that is answered.
    public var attempt: UInt32
    public var lease: LeaseTerms

    public init(requestID: String, attempt: UInt32, lease: LeaseTerms) {
        self.requestID = requestID
        self.attempt = attempt
        self.lease = lease
    }

    public func encode(into writer: inout FrameWriter) {
        writer.string(requestID)
        writer.uint32(attempt)
        lease.encode(into: &writer)
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        requestID = try reader.string()
        attempt = try reader.uint32()
        lease = try LeaseTerms(decoding: &reader)
    }
}
