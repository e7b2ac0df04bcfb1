/// Worker to supervisor: signatures that an answer brought, to be remembered. Sent before the client gets the bytes that
/// they belong to, so that its next request finds them even if this worker dies with the last of those bytes.
public struct SignatureKeep: IPCMessage, Equatable {
    public static let kind = MessageKind.signatureKeep

    /// Who can read them: they are found again only for a target of the same family.
    public var family: String
    public var entries: [SignatureEntry]

    public init(family: String, entries: [SignatureEntry]) {
        self.family = family
        self.entries = entries
    }

    public func encode(into writer: inout FrameWriter) {
        writer.string(family)
        writer.list(entries) { $1.encode(into: &$0) }
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        family = try reader.string()
        entries = try reader.list { reader throws(IPCError) in try SignatureEntry(decoding: &reader) }
    }
}
