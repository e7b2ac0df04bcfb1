/// Worker to supervisor: which of these keys have a signature. Asked once per request, only for what is missing.
public struct SignatureFind: IPCMessage, Equatable {
    public static let kind = MessageKind.signatureFind

    public var requestID: String
    /// Signatures of another family are of no use to the target model and are not sent back.
    public var family: String
    public var keys: [SignatureKey]
    /// Keys of parts whose client gave a signature back: only those that are known to be of another family are named in
    /// the answer.
    public var signed: [SignatureKey]

    public init(requestID: String, family: String, keys: [SignatureKey], signed: [SignatureKey] = []) {
        self.requestID = requestID
        self.family = family
        self.keys = keys
        self.signed = signed
    }

    public func encode(into writer: inout FrameWriter) {
        writer.string(requestID)
        writer.string(family)
        writer.list(keys) { $1.encode(into: &$0) }
        writer.list(signed) { $1.encode(into: &$0) }
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        requestID = try reader.string()
        family = try reader.string()
        keys = try reader.list { reader throws(IPCError) in try SignatureKey(decoding: &reader) }
        signed = try reader.list { reader throws(IPCError) in try SignatureKey(decoding: &reader) }
    }
}
