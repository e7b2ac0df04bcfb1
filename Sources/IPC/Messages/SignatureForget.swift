/// Worker to supervisor: the upstream refused a request with these signatures in it; they are not to be found again.
public struct SignatureForget: IPCMessage, Equatable {
    public static let kind = MessageKind.signatureForget

    public var keys: [SignatureKey]

    public init(keys: [SignatureKey]) { self.keys = keys }

    public func encode(into writer: inout FrameWriter) {
        writer.list(keys) { $1.encode(into: &$0) }
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        keys = try reader.list { reader throws(IPCError) in try SignatureKey(decoding: &reader) }
    }
}
