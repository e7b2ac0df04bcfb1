/// Worker to supervisor: an attempt ended and the request wants another one. Answered by `leaseVerdict`.
///
/// A final outcome travels inside `exchangeEnd` instead.
public struct LeaseOutcome: IPCMessage, Equatable {
    public static let kind = MessageKind.leaseOutcome

    public var requestID: String
    /// The attempt that ended, from 1. With the lease id it tells a repeated report from a new one.
    public var attempt: UInt32
    public var outcome: AttemptOutcome
    /// False: the worker will not try again, no verdict is needed.
    public var wantsNext: Bool
    /// Rest of the time in which another attempt may begin.
    public var scheduleMillisecondsLeft: UInt32

    public init(
        requestID: String, attempt: UInt32, outcome: AttemptOutcome, wantsNext: Bool, scheduleMillisecondsLeft: UInt32
    ) {
        self.requestID = requestID
        self.attempt = attempt
        self.outcome = outcome
        self.wantsNext = wantsNext
        self.scheduleMillisecondsLeft = scheduleMillisecondsLeft
    }

    public func encode(into writer: inout FrameWriter) {
        writer.string(requestID)
        writer.uint32(attempt)
        outcome.encode(into: &writer)
        writer.bool(wantsNext)
        writer.uint32(scheduleMillisecondsLeft)
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        requestID = try reader.string()
        attempt = try reader.uint32()
        outcome = try AttemptOutcome(decoding: &reader)
        wantsNext = try reader.bool()
        scheduleMillisecondsLeft = try reader.uint32()
    }
}
