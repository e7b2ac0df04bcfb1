/// Appends fixed-width little-endian fields and length-prefixed bytes.
public struct FrameWriter: Sendable {
    public private(set) var bytes: [UInt8]

    public init(reserving byteCount: Int = 256) {
        bytes = []
        bytes.reserveCapacity(byteCount)
    }

    public mutating func uint8(_ value: UInt8) { bytes.append(value) }
    public mutating func uint16(_ value: UInt16) { integer(value) }
    public mutating func uint32(_ value: UInt32) { integer(value) }
    public mutating func uint64(_ value: UInt64) { integer(value) }
    public mutating func int64(_ value: Int64) { integer(UInt64(bitPattern: value)) }
    public mutating func bool(_ value: Bool) { bytes.append(value ? 1 : 0) }

    /// A four-byte count, then the bytes.
    public mutating func blob(_ value: [UInt8]) {
        uint32(UInt32(value.count))
        bytes.append(contentsOf: value)
    }

    /// A four-byte count, then UTF-8.
    public mutating func string(_ value: String) {
        var value = value
        value.withUTF8 {
            uint32(UInt32($0.count))
            bytes.append(contentsOf: $0)
        }
    }

    /// One byte that says whether a value follows.
    public mutating func optional<Value>(_ value: Value?, _ write: (inout FrameWriter, Value) -> Void) {
        guard let value else { return bytes.append(0) }
        bytes.append(1)
        write(&self, value)
    }

    public mutating func optional(_ value: String?) { optional(value) { $0.string($1) } }
    public mutating func optional(_ value: [UInt8]?) { optional(value) { $0.blob($1) } }
    public mutating func optional(_ value: UInt32?) { optional(value) { $0.uint32($1) } }
    public mutating func optional(_ value: UInt64?) { optional(value) { $0.uint64($1) } }
    public mutating func optional(_ value: UInt8?) { optional(value) { $0.uint8($1) } }

    /// A four-byte count, then the elements.
    public mutating func list<Element>(_ elements: [Element], _ write: (inout FrameWriter, Element) -> Void) {
        uint32(UInt32(elements.count))
        for element in elements { write(&self, element) }
    }

    /// Forgets what was written and keeps the room for it.
    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Overwrites the header of the message that was begun at `offset`, now that its body is known.
    mutating func patch(_ header: FrameHeader, at offset: Int) {
        precondition(offset + FrameHeader.byteCount <= bytes.count, "a header is patched where it was written")
        bytes.withUnsafeMutableBytes { raw in
            raw[offset] = header.major
            raw[offset + 1] = header.kind
            raw.storeBytes(of: header.flags.littleEndian, toByteOffset: offset + 2, as: UInt16.self)
            raw.storeBytes(of: UInt32(header.length).littleEndian, toByteOffset: offset + 4, as: UInt32.self)
        }
    }

    /// Appends bytes that are a message already.
    mutating func copy(_ message: ArraySlice<UInt8>) { bytes.append(contentsOf: message) }

    /// Takes back what was written behind `count` bytes.
    mutating func truncate(to count: Int) { bytes.removeSubrange(count...) }

    private mutating func integer<Integer: FixedWidthInteger>(_ value: Integer) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
