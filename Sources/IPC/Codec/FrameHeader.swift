/// The eight bytes in front of every message: `{major, kind, flags, length}`, little-endian.
///
/// | offset | size | field |
/// |---|---|---|
/// | 0 | 1 | major |
/// | 1 | 1 | kind |
/// | 2 | 2 | flags: bits 0-6 the number of descriptors the message owns, bit 8 its body is in a memfd |
/// | 4 | 4 | length of the body; with bit 8 the length of what the memfd holds, and the frame itself holds nothing of it |
///
/// The descriptor count stands in the header so that a reader can skip a kind it does not know together with what
/// belongs to it.
public struct FrameHeader: Equatable, Sendable {
    public static let byteCount = 8

    public var major: UInt8
    /// Raw, because a kind of a later minor is skipped and not an error.
    public var kind: UInt8
    /// Descriptors of the message in the order of its fields, the memfd of its body first.
    public var descriptorCount: Int
    public var isBodyInMemory: Bool
    public var length: Int

    private static let descriptorMask: UInt16 = 0x7f
    private static let bodyInMemory: UInt16 = 0x100

    public init(kind: MessageKind, descriptorCount: Int = 0, isBodyInMemory: Bool = false, length: Int) {
        self.major = ProtocolVersion.major
        self.kind = kind.rawValue
        self.descriptorCount = descriptorCount
        self.isBodyInMemory = isBodyInMemory
        self.length = length
    }

    /// - Throws: `.truncated` when fewer than eight bytes are left.
    public init(decoding reader: inout FrameReader) throws(IPCError) {
        major = try reader.uint8()
        kind = try reader.uint8()
        let flags = try reader.uint16()
        descriptorCount = Int(flags & Self.descriptorMask)
        isBodyInMemory = flags & Self.bodyInMemory != 0
        length = Int(try reader.uint32())
    }

    public func encode(into writer: inout FrameWriter) {
        writer.uint8(major)
        writer.uint8(kind)
        writer.uint16(flags)
        writer.uint32(UInt32(length))
    }

    var flags: UInt16 {
        UInt16(descriptorCount) & Self.descriptorMask | (isBodyInMemory ? Self.bodyInMemory : 0)
    }

    /// How many bytes of the frame belong to the body.
    public var lengthInFrame: Int { isBodyInMemory ? 0 : length }
}
