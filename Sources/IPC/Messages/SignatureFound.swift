/// Supervisor to worker: what the signature store has of the keys that `signatureFind` asked for. Missing ones are left out.
public struct SignatureFound: IPCMessage, Equatable {
    public static let kind = MessageKind.signatureFound

    public var requestID: String
    public var entries: [SignatureEntry]
    /// Of the keys that were asked for as signed: those whose signature is of another family.
    public var foreign: [SignatureKey]

    public init(requestID: String, entries: [SignatureEntry], foreign: [SignatureKey] = []) {
        self.requestID = requestID
        self.entries = entries
        self.foreign = foreign
    }

    public func encode(into writer: inout FrameWriter) {
        writer.string(requestID)
        writer.list(entries) { $1.encode(into: &$0) }
        writer.list(foreign) { $1.encode(into: &$0) }
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        requestID = try reader.string()
        entries = try reader.list { reader throws(IPCError) in try SignatureEntry(decoding: &reader) }
        foreign = try reader.list { reader throws(IPCError) in try SignatureKey(decoding: &reader) }
    }
}
