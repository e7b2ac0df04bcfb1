/// Supervisor to worker: every numbered message (`returned`, `closed`, `exchangeEnd`) up to this one is safe here; the
/// worker may forget it.
public struct Ack: IPCMessage, Equatable {
    public static let kind = MessageKind.ack

    public var through: UInt64

    public init(through: UInt64) { self.through = through }

    public func encode(into writer: inout FrameWriter) { writer.uint64(through) }

    public init(decoding reader: inout FrameReader) throws(IPCError) { through = try reader.uint64() }
}
