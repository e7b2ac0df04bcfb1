/// The numbers of an `ExchangeRecord`, and where its parts stand. It has no memory of its own.
///
/// | offset | size | field |
/// |---|---|---|
/// | 0 | 8 | arrival, Unix milliseconds |
/// | 8 | 4 | HTTP status sent to the client; 0: it left before one was |
/// | 12 | 4 | duration to the last byte of the answer, milliseconds |
/// | 16 | 4 | input tokens |
/// | 20 | 4 | output tokens |
/// | 24 | 2 | flags: bit n, the part n of `RecordPart` is there; 11 a stream; 12 input and 13 output tokens are known |
/// | 26 | 1 | dialect family |
/// | 27 | 1 | 0 |
/// | 28 | 44 | the length of each part |
public struct RecordHead: Sendable {
    public static let byteCount = 28 + 4 * 11

    public let arrivedAtUnixMilliseconds: UInt64
    public let status: UInt32
    public let durationMilliseconds: UInt32
    private let input: UInt32
    private let output: UInt32
    private var flags: UInt16
    /// Raw value of `DialectFamily`.
    public let family: UInt8
    /// Where each part ends, from the beginning of the record.
    private var ends = [11 of UInt32](repeating: UInt32(Self.byteCount))

    private static let stream: UInt16 = 1 << 11
    private static let knowsInput: UInt16 = 1 << 12
    private static let knowsOutput: UInt16 = 1 << 13

    /// A record without parts.
    init(
        arrivedAtUnixMilliseconds: UInt64, status: UInt32, durationMilliseconds: UInt32, family: UInt8, isStream: Bool,
        inputTokens: UInt32?, outputTokens: UInt32?
    ) {
        self.arrivedAtUnixMilliseconds = arrivedAtUnixMilliseconds
        self.status = status
        self.durationMilliseconds = durationMilliseconds
        self.family = family
        input = inputTokens ?? 0
        output = outputTokens ?? 0
        flags =
            (isStream ? Self.stream : 0) | (inputTokens != nil ? Self.knowsInput : 0)
            | (outputTokens != nil ? Self.knowsOutput : 0)
    }

    /// - Throws: `.truncated` when the parts are longer than what is left behind the head, `.unknownCase` when one has bytes that the
    ///   flags do not know.
    init(decoding reader: inout FrameReader) throws(IPCError) {
        arrivedAtUnixMilliseconds = try reader.uint64()
        status = try reader.uint32()
        durationMilliseconds = try reader.uint32()
        input = try reader.uint32()
        output = try reader.uint32()
        flags = try reader.uint16()
        family = try reader.uint8()
        _ = try reader.uint8()
        var left = reader.remaining - 4 * ends.count
        var end = Self.byteCount
        for part in ends.indices {
            let count = Int(try reader.uint32())
            guard count <= left else { throw .truncated(needed: count, available: left) }
            guard count == 0 || flags & 1 << UInt16(part) != 0 else {
                throw .unknownCase(field: "part", value: UInt8(part))
            }
            left -= count
            end += count
            ends[part] = UInt32(end)
        }
    }

    /// Writes itself over the first bytes of a record.
    func store(into raw: UnsafeMutableRawBufferPointer) {
        precondition(raw.count >= Self.byteCount, "there is room for the head")
        raw.storeBytes(of: arrivedAtUnixMilliseconds.littleEndian, as: UInt64.self)
        raw.storeBytes(of: status.littleEndian, toByteOffset: 8, as: UInt32.self)
        raw.storeBytes(of: durationMilliseconds.littleEndian, toByteOffset: 12, as: UInt32.self)
        raw.storeBytes(of: input.littleEndian, toByteOffset: 16, as: UInt32.self)
        raw.storeBytes(of: output.littleEndian, toByteOffset: 20, as: UInt32.self)
        raw.storeBytes(of: flags.littleEndian, toByteOffset: 24, as: UInt16.self)
        raw.storeBytes(of: UInt16(family).littleEndian, toByteOffset: 26, as: UInt16.self)
        var start = UInt32(Self.byteCount)
        for part in ends.indices {
            raw.storeBytes(of: (ends[part] - start).littleEndian, toByteOffset: 28 + 4 * part, as: UInt32.self)
            start = ends[part]
        }
    }
}

extension RecordHead {
    public var isStream: Bool { flags & Self.stream != 0 }
    public var inputTokens: UInt32? { flags & Self.knowsInput != 0 ? input : nil }
    public var outputTokens: UInt32? { flags & Self.knowsOutput != 0 ? output : nil }
    public var knowsTokens: Bool { flags & (Self.knowsInput | Self.knowsOutput) != 0 }

    /// Bytes of the whole record.
    public var recordByteCount: Int { Int(ends[RecordPart.responseBody.rawValue]) }
    /// Bytes of both bodies.
    public var bodyByteCount: Int { recordByteCount - Int(ends[RecordPart.payloadKind.rawValue]) }
    public var hasBodies: Bool { isThere(.requestBody) || isThere(.responseBody) }

    /// Where a part stands, from the beginning of the record; empty for one that is absent.
    public func range(of part: RecordPart) -> Range<Int> {
        (part.rawValue == 0 ? Self.byteCount : Int(ends[part.rawValue - 1]))..<Int(ends[part.rawValue])
    }

    /// Where it stands, if it is there.
    public func place(of part: RecordPart) -> Range<Int>? { isThere(part) ? range(of: part) : nil }

    /// What the client has said, in one piece: all parts from the first to `error`.
    public var wordsOfClient: Range<Int> { Self.byteCount..<Int(ends[RecordPart.error.rawValue]) }

    /// Forgets the bodies: the record ends in front of them.
    public mutating func dropBodies() {
        let end = Int(ends[RecordPart.payloadKind.rawValue])
        close(.requestBody, at: end, isPresent: false)
        close(.responseBody, at: end, isPresent: false)
    }

    /// Notes where a part ends. Parts are noted in their order.
    public mutating func close(_ part: RecordPart, at end: Int, isPresent: Bool) {
        ends[part.rawValue] = UInt32(end)
        let bit: UInt16 = 1 << UInt16(part.rawValue)
        flags = isPresent ? flags | bit : flags & ~bit
    }

    private func isThere(_ part: RecordPart) -> Bool { flags & 1 << UInt16(part.rawValue) != 0 }
}
