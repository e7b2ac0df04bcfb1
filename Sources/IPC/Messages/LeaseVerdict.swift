/// Supervisor to worker: what to do after a failed attempt, the answer to `leaseOutcome`. The worker never counts retries itself.
public struct LeaseVerdict: IPCMessage, Equatable {
    public static let kind = MessageKind.leaseVerdict

    public enum Action: UInt8, Sendable {
        /// The request ends with `final`.
        case finish = 0
        /// Again with the same account; `lease` brings a fresh credential or project when there is one.
        case same = 1
        /// Again with the account in `lease`.
        case other = 2
        /// Again with the same account at `endpoint`.
        case endpoint = 3
    }

    public var requestID: String
    /// The lease whose outcome is answered. It lives on for `same` and `endpoint`, unless `lease` replaces it.
    public var leaseID: String
    public var action: Action
    /// How long to wait before the next attempt.
    public var delayMilliseconds: UInt32
    /// Index into the snapshot's bases.
    public var endpoint: UInt8?
    public var lease: LeaseTerms?
    public var final: FinalError?

    public init(
        requestID: String, leaseID: String, action: Action, delayMilliseconds: UInt32 = 0, endpoint: UInt8? = nil,
        lease: LeaseTerms? = nil, final: FinalError? = nil
    ) {
        self.requestID = requestID
        self.leaseID = leaseID
        self.action = action
        self.delayMilliseconds = delayMilliseconds
        self.endpoint = endpoint
        self.lease = lease
        self.final = final
    }

    public func encode(into writer: inout FrameWriter) {
        writer.string(requestID)
        writer.string(leaseID)
        writer.uint8(action.rawValue)
        writer.uint32(delayMilliseconds)
        writer.optional(endpoint)
        writer.optional(lease) { $1.encode(into: &$0) }
        writer.optional(final) { $1.encode(into: &$0) }
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        requestID = try reader.string()
        leaseID = try reader.string()
        action = try reader.oneOf(Action.self, field: "lease_verdict.action")
        delayMilliseconds = try reader.uint32()
        endpoint = try reader.optionalUInt8()
        lease = try reader.optional { reader throws(IPCError) in try LeaseTerms(decoding: &reader) }
        final = try reader.optional { reader throws(IPCError) in try FinalError(decoding: &reader) }
    }
}
