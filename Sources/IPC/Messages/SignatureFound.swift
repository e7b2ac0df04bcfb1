/// Supervisor to worker: what the signature store has of the keys that `signatureFind` asked for. Missing ones are left out.
public struct SignatureFound: IPCMessage, Equatable {
    public static let kind = MessageKind.signatureFound

    public var requestID: String
    public var entries: [SignatureEntry]

    public init(requestID: String, entries: [SignatureEntry]) {
        self.requestID = requestID
        self.entries = entries
    }

    public func encode(into writer: inout FrameWriter) {
        writer.string(requestID)
        writer.list(entries) { $1.encode(into: &$0) }
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        requestID = try reader.string()
        entries = try reader.list { reader throws(IPCError) in try SignatureEntry(decoding: &reader) }
    }
}
