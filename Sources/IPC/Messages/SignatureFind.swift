/// Worker to supervisor: which of these keys have a signature. Asked once per request, only for what is missing.
public struct SignatureFind: IPCMessage, Equatable {
    public static let kind = MessageKind.signatureFind

    public struct Key: Equatable, Sendable {
        /// As in `SignatureEntry`.
        public var space: UInt8
        public var key: [UInt8]

        public init(space: UInt8, key: [UInt8]) {
            self.space = space
            self.key = key
        }
    }

    public var requestID: String
    /// Signatures of another family are of no use to the target model and are not sent back.
    public var family: String
    public var keys: [Key]

    public init(requestID: String, family: String, keys: [Key]) {
        self.requestID = requestID
        self.family = family
        self.keys = keys
    }

    public func encode(into writer: inout FrameWriter) {
        writer.string(requestID)
        writer.string(family)
        writer.list(keys) { writer, key in
            writer.uint8(key.space)
            writer.blob(key.key)
        }
    }

    public init(decoding reader: inout FrameReader) throws(IPCError) {
        requestID = try reader.string()
        family = try reader.string()
        keys = try reader.list { reader throws(IPCError) in
            Key(space: try reader.uint8(), key: try reader.blob())
        }
    }
}
