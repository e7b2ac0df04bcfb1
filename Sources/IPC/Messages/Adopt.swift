/// Supervisor to worker, first on a channel that outlived another supervisor: tell me everything, I go on from there.
///
/// Descriptor: the new supervisor's pidfd.
public struct Adopt: IPCMessage, Equatable {
    public static let kind = MessageKind.adopt

    /// `ProtocolVersion.minor` of the supervisor.
    public var minor: UInt16
    /// Version of the product, for the log.
    public var version: String

    public init(minor: UInt16 = ProtocolVersion.minor, version: String) {
        self.minor = minor
        self.version = version
    }

    public func encode(into writer: inout FrameWriter) {
        writer.uint16(minor)
        writer.string(version)
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        minor = try reader.uint16()
        version = try reader.string()
    }
}
