/// Supervisor to worker: the account of a lease was removed or disabled.
public struct LeaseRevoke: IPCMessage, Equatable {
    public static let kind = MessageKind.leaseRevoke

    public enum Mode: UInt8, Sendable {
        /// Finish this answer, ask for no further attempt.
        case drain = 0
        /// End the answer now.
        case abort = 1
    }

    public var requestID: String
    public var leaseID: String
    public var mode: Mode
    /// For the log.
    public var reason: String

    public init(requestID: String, leaseID: String, mode: Mode, reason: String) {
        self.requestID = requestID
        self.leaseID = leaseID
        self.mode = mode
        self.reason = reason
    }

    public func encode(into writer: inout FrameWriter) {
        writer.string(requestID)
        writer.string(leaseID)
        writer.uint8(mode.rawValue)
        writer.string(reason)
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        requestID = try reader.string()
        leaseID = try reader.string()
        mode = try reader.oneOf(Mode.self, field: "lease_revoke.mode")
        reason = try reader.string()
    }
}
