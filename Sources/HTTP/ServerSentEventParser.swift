/// Reads a stream of server-sent events from any split of its bytes.
///
/// Lines end in LF, CRLF or CR. Comments and unknown fields are passed over. Google may send an error as bare JSON
/// without `data:`, on one line or several: such lines are handed over as the data of an event of their own.
public struct ServerSentEventParser: Sendable {
    /// A line, or the data of one event, was longer than the bound.
    public struct TooLong: Error, Equatable, Sendable {
        public let sizeMaxBytes: Int
    }

    private enum Content: Sendable { case none, data, bare }

    private let lineSizeMaxBytes: Int
    /// The beginning of a line whose end has not come.
    private var line: [UInt8] = []
    private var endedInCarriageReturn = false
    private var isAtStart = true
    private var name: String?
    private var data: [UInt8] = []
    private var content = Content.none

    /// - Parameter lineSizeMaxBytes: bound of one line, and of the data of one event; above it `TooLong` is thrown.
    public init(lineSizeMaxBytes: Int) {
        self.lineSizeMaxBytes = lineSizeMaxBytes
    }

    /// Takes the next bytes and hands over each event that they complete. After an error the parser is of no more use.
    public mutating func feed(
        _ bytes: UnsafeRawBufferPointer, _ emit: (ServerSentEvent) throws -> Void
    ) throws {
        var start = 0
        if endedInCarriageReturn, let first = bytes.first {
            endedInCarriageReturn = false
            if first == ASCII.lineFeed { start = 1 }
        }
        while start < bytes.count {
            let end = Self.lineEnd(in: bytes, from: start)
            guard line.count + end - start <= lineSizeMaxBytes else {
                throw TooLong(sizeMaxBytes: lineSizeMaxBytes)
            }
            let piece = bytes.part(start..<end)
            guard end < bytes.count else {
                line.append(contentsOf: piece)
                return
            }
            try endLine(piece, emit)
            start = end + 1
            if bytes[end] == ASCII.carriageReturn {
                if start == bytes.count {
                    endedInCarriageReturn = true
                } else if bytes[start] == ASCII.lineFeed {
                    start += 1
                }
            }
        }
    }

    /// The stream has ended: what is buffered is processed even without its empty line.
    public mutating func finish(_ emit: (ServerSentEvent) throws -> Void) throws {
        if !line.isEmpty { try endLine(UnsafeRawBufferPointer(start: nil, count: 0), emit) }
        try dispatch(emit)
    }

    /// - Parameter piece: the rest of the line whose beginning may wait in `line`.
    private mutating func endLine(
        _ piece: UnsafeRawBufferPointer, _ emit: (ServerSentEvent) throws -> Void
    ) throws {
        if line.isEmpty { return try take(piece, emit) }
        line.append(contentsOf: piece)
        let whole = line
        line.removeAll(keepingCapacity: true)
        try whole.withUnsafeBytes { try take($0, emit) }
    }

    private mutating func take(
        _ line: UnsafeRawBufferPointer, _ emit: (ServerSentEvent) throws -> Void
    ) throws {
        var line = line
        if isAtStart {
            isAtStart = false
            if line.count >= 3, line[0] == 0xEF, line[1] == 0xBB, line[2] == 0xBF { line = line.part(3..<line.count) }
        }
        guard let first = line.first else { return try dispatch(emit) }
        if line.count >= 5, first == UInt8(ascii: "d"), line.part(0..<5).equals("data:") {
            if content == .bare { try dispatch(emit) }
            let start = line.count > 5 && line[5] == ASCII.space ? 6 : 5
            return try append(line.part(start..<line.count), as: .data)
        }
        if content == .bare { return try append(line, as: .bare) }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            try dispatch(emit)
            return try append(line, as: .bare)
        }
        if line.equals("data") { return try append(line.part(4..<4), as: .data) }
        if line.count >= 6, line.part(0..<6).equals("event:") {
            let start = line.count > 6 && line[6] == ASCII.space ? 7 : 6
            name = String(decoding: line.part(start..<line.count), as: UTF8.self)
        }
    }

    private mutating func append(_ text: UnsafeRawBufferPointer, as kind: Content) throws {
        guard data.count + text.count <= lineSizeMaxBytes else { throw TooLong(sizeMaxBytes: lineSizeMaxBytes) }
        if content == .none {
            data = Array(text)
        } else {
            data.append(ASCII.lineFeed)
            data.append(contentsOf: text)
        }
        content = kind
    }

    private mutating func dispatch(_ emit: (ServerSentEvent) throws -> Void) throws {
        guard content != .none else {
            name = nil
            return
        }
        let event = ServerSentEvent(name: name, data: data)
        name = nil
        data = []
        content = .none
        try emit(event)
    }

    /// The offset of the next LF or CR, or the end of the buffer. Sixteen bytes at a time: no more is asked of them than whether
    /// one is below 0x10, since in JSON such a byte is a line end as a rule.
    @inline(__always)
    private static func lineEnd(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        let base = bytes.baseAddress.unsafelyUnwrapped
        let bound: UInt64 = 0x1010_1010_1010_1010
        let highs: UInt64 = 0x8080_8080_8080_8080
        var at = start
        while at < bytes.count {
            while at &+ 16 <= bytes.count {
                let first = base.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                let second = base.loadUnaligned(fromByteOffset: at &+ 8, as: UInt64.self)
                if ((first &- bound) & ~first | (second &- bound) & ~second) & highs != 0 { break }
                at &+= 16
            }
            for _ in 0..<min(16, bytes.count &- at) {
                let byte = base.load(fromByteOffset: at, as: UInt8.self)
                if byte == ASCII.lineFeed || byte == ASCII.carriageReturn { return at }
                at &+= 1
            }
        }
        return at
    }
}
