/// Supervisor to tunnel keeper: say how things are. What a new supervisor says first on a channel of the one before.
public struct TunnelAsk: IPCMessage, Equatable {
    public static let kind = MessageKind.tunnelAsk

    /// `ProtocolVersion.minor` of the supervisor.
    public var minor: UInt16

    public init(minor: UInt16 = ProtocolVersion.minor) { self.minor = minor }

    public func encode(into writer: inout FrameWriter) { writer.uint16(minor) }

    public init(decoding reader: inout FrameReader) throws(IPCError) { minor = try reader.uint16() }
}
