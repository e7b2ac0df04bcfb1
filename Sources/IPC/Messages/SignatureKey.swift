/// What a signature is found by. IPC does not look into it.
public struct SignatureKey: Hashable, Sendable {
    /// As in `SignatureEntry`.
    public var space: UInt8
    public var key: [UInt8]

    public init(space: UInt8, key: [UInt8]) {
        self.space = space
        self.key = key
    }

    /// The bytes in one piece.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(space)
        key.withUnsafeBytes { hasher.combine(bytes: $0) }
    }

    func encode(into writer: inout FrameWriter) {
        writer.uint8(space)
        writer.blob(key)
    }

    init(decoding reader: inout FrameReader) throws(IPCError) {
        space = try reader.uint8()
        key = try reader.blob()
    }
}
