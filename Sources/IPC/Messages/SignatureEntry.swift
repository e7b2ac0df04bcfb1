/// A thought signature under the key it is found by. IPC does not look into either.
public struct SignatureEntry: Equatable, Sendable {
    /// Which kind of key: 0 tool call id, 1 thinking text, 2 visible text of a session.
    public var space: UInt8
    public var key: [UInt8]
    /// The signature with what belongs to it, as the translator packed it.
    public var value: [UInt8]

    public init(space: UInt8, key: [UInt8], value: [UInt8]) {
        self.space = space
        self.key = key
        self.value = value
    }

    func encode(into writer: inout FrameWriter) {
        writer.uint8(space)
        writer.blob(key)
        writer.blob(value)
    }

    init(decoding reader: inout FrameReader) throws(IPCError) {
        space = try reader.uint8()
        key = try reader.blob()
        value = try reader.blob()
    }
}
