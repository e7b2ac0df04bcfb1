/// Supervisor to tunnel keeper: SIGTERM to the program now, SIGKILL when the time has passed. Said again, a shorter time counts.
/// Answered by `tunnelState` once the program has ended, at once if none runs.
public struct TunnelEnd: IPCMessage, Equatable {
    public static let kind = MessageKind.tunnelEnd

    public var graceMilliseconds: UInt32

    public init(graceMilliseconds: UInt32) { self.graceMilliseconds = graceMilliseconds }

    public func encode(into writer: inout FrameWriter) { writer.uint32(graceMilliseconds) }

    public init(decoding reader: inout FrameReader) throws(IPCError) { graceMilliseconds = try reader.uint32() }
}
