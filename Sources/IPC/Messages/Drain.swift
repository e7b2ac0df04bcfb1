/// Supervisor to worker: give idle connections back, finish what is begun, then say `drained` and exit. The same in every major.
public struct Drain: IPCMessage, Equatable {
    public static let kind = MessageKind.drain

    public enum Reason: UInt8, Sendable { case roll = 0, stop = 1, memory = 2, version = 3 }

    /// What is not finished by then is ended by the dialect's error event.
    public var millisecondsLeft: UInt32
    public var reason: Reason

    public init(millisecondsLeft: UInt32, reason: Reason) {
        self.millisecondsLeft = millisecondsLeft
        self.reason = reason
    }

    public func encode(into writer: inout FrameWriter) {
        writer.uint32(millisecondsLeft)
        writer.uint8(reason.rawValue)
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        millisecondsLeft = try reader.uint32()
        reason = try reader.oneOf(Reason.self, field: "drain.reason")
    }
}
