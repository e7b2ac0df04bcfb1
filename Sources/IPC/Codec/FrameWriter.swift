/// Appends fixed-width little-endian fields and length-prefixed bytes.
///
/// The room is there before it is written, and a field is stored into it in one piece: a message has dozens of small fields.
public struct FrameWriter: Sendable {
    /// What stands behind `count` means nothing.
    private var room: [UInt8]
    /// Bytes that were written.
    public private(set) var count = 0

    public init(reserving byteCount: Int = 256) { room = [UInt8](repeating: 0, count: byteCount) }

    /// A copy of what was written.
    public var bytes: [UInt8] { [UInt8](room[..<count]) }

    /// What was written, in place.
    func withBytes<R, Failure: Error>(_ body: (UnsafeRawBufferPointer) throws(Failure) -> R) throws(Failure) -> R {
        try room.withUnsafeBufferPointer { (all) throws(Failure) in
            try body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: all[..<count])))
        }
    }

    public mutating func uint8(_ value: UInt8) { integer(value) }
    public mutating func uint16(_ value: UInt16) { integer(value) }
    public mutating func uint32(_ value: UInt32) { integer(value) }
    public mutating func uint64(_ value: UInt64) { integer(value) }
    public mutating func int64(_ value: Int64) { integer(UInt64(bitPattern: value)) }
    public mutating func bool(_ value: Bool) { integer(value ? 1 as UInt8 : 0) }

    /// A four-byte count, then the bytes.
    public mutating func blob(_ value: [UInt8]) { value.withUnsafeBytes { prefixed($0) } }

    /// A four-byte count, then UTF-8.
    public mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { prefixed(UnsafeRawBufferPointer($0)) }
    }

    /// One byte that says whether a value follows.
    @inline(__always)
    public mutating func optional<Value>(_ value: Value?, _ write: (inout FrameWriter, Value) -> Void) {
        guard let value else { return bool(false) }
        bool(true)
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
    public mutating func removeAll() { count = 0 }

    /// Overwrites the header of the message that was begun at `offset`, now that its body is known.
    mutating func patch(_ header: FrameHeader, at offset: Int) {
        precondition(offset + FrameHeader.byteCount <= count, "a header is patched where it was written")
        let end = count
        count = offset
        header.encode(into: &self)
        count = end
    }

    /// Appends bytes that are a message already, or several.
    mutating func copy(_ messages: UnsafeRawBufferPointer) {
        makeRoom(for: messages.count)
        room.withUnsafeMutableBytes {
            UnsafeMutableRawBufferPointer(rebasing: $0[count...]).copyMemory(from: messages)
        }
        count += messages.count
    }

    /// Takes back what was written behind `count` bytes.
    mutating func truncate(to count: Int) {
        precondition(count <= self.count, "only what was written can be taken back")
        self.count = count
    }

    private mutating func prefixed(_ value: UnsafeRawBufferPointer) {
        uint32(UInt32(value.count))
        copy(value)
    }

    @inline(__always)
    private mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: Integer) {
        makeRoom(for: MemoryLayout<Integer>.size)
        room.withUnsafeMutableBytes {
            $0.storeBytes(of: value.littleEndian, toByteOffset: count, as: Integer.self)
        }
        count += MemoryLayout<Integer>.size
    }

    @inline(__always)
    private mutating func makeRoom(for byteCount: Int) {
        if room.count - count < byteCount { grow(by: byteCount) }
    }

    @inline(never)
    private mutating func grow(by byteCount: Int) {
        room.append(contentsOf: repeatElement(0, count: max(byteCount, room.count, 64)))
    }
}
