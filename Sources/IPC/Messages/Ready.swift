/// Worker to supervisor, after `hello` and the first `snapshot`: hand me connections.
public struct Ready: IPCMessage, Equatable {
    public static let kind = MessageKind.ready

    /// `ProtocolVersion.minor` of the worker.
    public var minor: UInt16
    public var pid: UInt32
    /// How much of the confinement the kernel granted: 0 none or reported as none, higher is tighter.
    public var confinementLevel: UInt8
    /// Version of the product, for the log.
    public var version: String

    public init(minor: UInt16 = ProtocolVersion.minor, pid: UInt32, confinementLevel: UInt8, version: String) {
        self.minor = minor
        self.pid = pid
        self.confinementLevel = confinementLevel
        self.version = version
    }

    public func encode(into writer: inout FrameWriter) {
        writer.uint16(minor)
        writer.uint32(pid)
        writer.uint8(confinementLevel)
        writer.string(version)
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        minor = try reader.uint16()
        pid = try reader.uint32()
        confinementLevel = try reader.uint8()
        version = try reader.string()
    }
}
