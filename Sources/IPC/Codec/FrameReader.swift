/// Reads what `FrameWriter` wrote, out of bytes that another process sent: nothing in them can make it trap.
public struct FrameReader {
    private let bytes: [UInt8]
    private var offset: Int
    private let end: Int
    /// What the channel has read before; nil where there is no channel.
    let known: KnownAccounts?

    public init(_ bytes: [UInt8]) { self.init(bytes, from: 0, to: bytes.count) }

    /// Reads a part of `bytes` without copying it.
    public init(_ bytes: [UInt8], from start: Int, to end: Int) { self.init(bytes, from: start, to: end, known: nil) }

    init(_ bytes: [UInt8], from start: Int, to end: Int, known: KnownAccounts?) {
        precondition(0 <= start && start <= end && end <= bytes.count, "a reader stays within its bytes")
        self.bytes = bytes
        self.offset = start
        self.end = end
        self.known = known
    }

    public var position: Int { offset }
    public var remaining: Int { end - offset }

    public mutating func uint8() throws(IPCError) -> UInt8 { try integer() }
    public mutating func uint16() throws(IPCError) -> UInt16 { try integer() }
    public mutating func uint32() throws(IPCError) -> UInt32 { try integer() }
    public mutating func uint64() throws(IPCError) -> UInt64 { try integer() }
    public mutating func int64() throws(IPCError) -> Int64 { Int64(bitPattern: try integer()) }

    /// Any byte but 0 is true.
    public mutating func bool() throws(IPCError) -> Bool { try uint8() != 0 }

    public mutating func blob() throws(IPCError) -> [UInt8] { try withPrefixed { [UInt8]($0) } }

    /// What is not UTF-8 is repaired with U+FFFD.
    public mutating func string() throws(IPCError) -> String {
        try withPrefixed { String(decoding: $0, as: UTF8.self) }
    }

    public mutating func optional<Value>(
        _ read: (inout FrameReader) throws(IPCError) -> Value
    ) throws(IPCError) -> Value? {
        try bool() ? try read(&self) : nil
    }

    public mutating func optionalString() throws(IPCError) -> String? { try bool() ? try string() : nil }
    public mutating func optionalBlob() throws(IPCError) -> [UInt8]? { try bool() ? try blob() : nil }
    public mutating func optionalUInt8() throws(IPCError) -> UInt8? { try bool() ? try uint8() : nil }
    public mutating func optionalUInt32() throws(IPCError) -> UInt32? { try bool() ? try uint32() : nil }
    public mutating func optionalUInt64() throws(IPCError) -> UInt64? { try bool() ? try uint64() : nil }

    /// - Throws: `.listTooLong` above `IPCLimits.listCountMax`, before anything is reserved for it.
    public mutating func list<Element>(
        _ read: (inout FrameReader) throws(IPCError) -> Element
    ) throws(IPCError) -> [Element] {
        let count = Int(try uint32())
        guard count > 0 else { return [] }
        guard count <= IPCLimits.listCountMax else { throw .listTooLong(count) }
        var elements: [Element] = []
        elements.reserveCapacity(min(count, remaining))
        for _ in 0..<count { elements.append(try read(&self)) }
        return elements
    }

    /// A byte that must be one of the cases of `Case`.
    public mutating func oneOf<Case: RawRepresentable<UInt8>>(
        _ type: Case.Type, field: IPCError.StaticName
    ) throws(IPCError) -> Case {
        let raw = try uint8()
        guard let value = Case(rawValue: raw) else { throw .unknownCase(field: field, value: raw) }
        return value
    }

    /// The next `count` bytes, in place.
    mutating func bytes(_ count: Int) throws(IPCError) -> ArraySlice<UInt8> {
        try need(count)
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    /// Steps over `count` bytes.
    public mutating func skip(_ count: Int) throws(IPCError) {
        try need(count)
        offset += count
    }

    /// The bytes behind a four-byte count, in place; steps over them.
    @inline(__always)
    mutating func withPrefixed<Value>(
        _ read: (UnsafeBufferPointer<UInt8>) throws(IPCError) -> Value
    ) throws(IPCError) -> Value {
        let count = Int(try uint32())
        try need(count)
        defer { offset += count }
        return try bytes.withUnsafeBufferPointer { (all) throws(IPCError) in
            try read(UnsafeBufferPointer(rebasing: all[offset..<offset + count]))
        }
    }

    @inline(__always)
    private func need(_ count: Int) throws(IPCError) {
        guard count <= remaining else { throw .truncated(needed: count, available: remaining) }
    }

    @inline(__always)
    private mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>() throws(IPCError) -> Integer {
        let size = MemoryLayout<Integer>.size
        try need(size)
        defer { offset += size }
        return bytes.withUnsafeBytes {
            Integer(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Integer.self))
        }
    }
}
