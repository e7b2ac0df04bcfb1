/// Worker to supervisor: a part of the answer to `adopt`, at most 64 descriptors each.
///
/// Descriptors: in the first part the worker's pidfd and the ledger's memfd, then in every part the sockets of
/// `connections` in their order. What is unacknowledged (`returned`, `closed`, `exchangeEnd`, open `leaseRequest`s and
/// outcomes) is sent again before the last part.
public struct Adopted: IPCMessage, Equatable {
    public static let kind = MessageKind.adopted

    /// A lease that is being used.
    public struct LiveLease: Equatable, Sendable {
        public var requestID: String
        public var leaseID: String
        public var accountID: String
        public var upstreamModel: String
        public var isContentCommitted: Bool

        public init(
            requestID: String, leaseID: String, accountID: String, upstreamModel: String, isContentCommitted: Bool
        ) {
            self.requestID = requestID
            self.leaseID = leaseID
            self.accountID = accountID
            self.upstreamModel = upstreamModel
            self.isContentCommitted = isContentCommitted
        }
    }

    public var minor: UInt16
    public var pid: UInt32
    public var isFirst: Bool
    public var isLast: Bool
    public var leases: [LiveLease]
    public var connections: [ConnectionID]

    public init(
        minor: UInt16 = ProtocolVersion.minor, pid: UInt32, isFirst: Bool, isLast: Bool, leases: [LiveLease],
        connections: [ConnectionID]
    ) {
        self.minor = minor
        self.pid = pid
        self.isFirst = isFirst
        self.isLast = isLast
        self.leases = leases
        self.connections = connections
    }

    public func encode(into writer: inout FrameWriter) {
        writer.uint16(minor)
        writer.uint32(pid)
        writer.bool(isFirst)
        writer.bool(isLast)
        writer.list(leases) { writer, lease in
            writer.string(lease.requestID)
            writer.string(lease.leaseID)
            writer.string(lease.accountID)
            writer.string(lease.upstreamModel)
            writer.bool(lease.isContentCommitted)
        }
        writer.list(connections) { $1.encode(into: &$0) }
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        minor = try reader.uint16()
        pid = try reader.uint32()
        isFirst = try reader.bool()
        isLast = try reader.bool()
        leases = try reader.list { reader throws(IPCError) in
            LiveLease(
                requestID: try reader.string(), leaseID: try reader.string(), accountID: try reader.string(),
                upstreamModel: try reader.string(), isContentCommitted: try reader.bool())
        }
        connections = try reader.list { reader throws(IPCError) in try ConnectionID(decoding: &reader) }
    }
}
