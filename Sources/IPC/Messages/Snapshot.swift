/// Supervisor to worker: the configuration that counts from the next request on. Not acknowledged.
public struct Snapshot: IPCMessage, Equatable {
    public static let kind = MessageKind.snapshot
    public static let isAlwaysInMemory = true

    /// Grows with every change; an older one that comes late is ignored.
    public var revision: UInt64
    /// A JSON document; IPC does not look into it.
    public var document: [UInt8]

    public init(revision: UInt64, document: [UInt8]) {
        self.revision = revision
        self.document = document
    }

    public func encode(into writer: inout FrameWriter) {
        writer.uint64(revision)
        writer.blob(document)
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        revision = try reader.uint64()
        document = try reader.blob()
    }
}
