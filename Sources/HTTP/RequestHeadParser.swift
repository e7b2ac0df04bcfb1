/// Reads request heads from a growing buffer, strictly by RFC 9112, looking at each byte of a line's content once.
///
/// Whatever the bytes say, the result is the same for every way of splitting them.
public struct RequestHeadParser: Sendable {
    private let limits: HTTPLimits
    private var scanner = LineScanner()
    private var lineStart = 0
    private var hasSkippedEmptyLine = false
    private var requestLine: RequestLine?
    private var fieldsStart = 0
    private var entries: [HTTPFields.Entry] = []
    private var facts = FieldFacts()

    public init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// Reads on in `buffer`, which begins with the first byte of the request.
    ///
    /// - Returns: the head and how many bytes it took; nil when more bytes are needed. Then call again with the same
    ///   bytes and more behind them. After a head, or to begin anew, call `reset()`.
    /// - Throws: a refusal, after which the connection must not be read any further.
    public mutating func parse(
        _ buffer: UnsafeRawBufferPointer
    ) throws(HTTPRefusal) -> (head: HTTPRequestHead, byteCount: Int)? {
        do throws(HTTPRefusal.Reason) {
            return try advance(buffer)
        } catch {
            throw HTTPRefusal(error, path: pathSoFar(buffer))
        }
    }

    /// Forgets what was read: the next buffer begins with a new request.
    public mutating func reset() {
        self = RequestHeadParser(limits: limits)
    }

    private mutating func advance(
        _ buffer: UnsafeRawBufferPointer
    ) throws(HTTPRefusal.Reason) -> (head: HTTPRequestHead, byteCount: Int)? {
        if requestLine == nil {
            guard try readRequestLine(buffer) else { return nil }
        }
        let fieldsEnd = fieldsStart + limits.fieldsSizeMaxBytes - 2
        while lineStart < buffer.count {
            let first = buffer[lineStart]
            if first == ASCII.space || first == ASCII.tab { throw .foldedField }
            guard let end = try scanner.lineEnd(in: buffer, notAfter: fieldsEnd, tooLong: .fieldsTooLarge) else {
                return nil
            }
            if end == lineStart { return (try finish(buffer, byteCount: end + 2), end + 2) }
            try readField(lineStart..<end, buffer)
            lineStart = end + 2
        }
        return nil
    }

    private mutating func readRequestLine(_ buffer: UnsafeRawBufferPointer) throws(HTTPRefusal.Reason) -> Bool {
        while lineStart < buffer.count {
            let first = buffer[lineStart]
            if first == ASCII.space || first == ASCII.tab { throw .leadingWhiteSpace }
            let lineMax = lineStart + limits.requestLineSizeMaxBytes
            guard let end = try scanner.lineEnd(in: buffer, notAfter: lineMax, tooLong: .targetTooLong) else {
                return false
            }
            if end > lineStart {
                requestLine = try RequestLine(decoding: lineStart..<end, of: buffer)
                lineStart = end + 2
                fieldsStart = lineStart
                entries.reserveCapacity(16)
                return true
            }
            // RFC 9112 section 2.2: a client may have sent a line end too many behind its last body.
            guard !hasSkippedEmptyLine else { throw .emptyLines }
            hasSkippedEmptyLine = true
            lineStart = end + 2
        }
        return false
    }

    @inline(__always)
    private mutating func readField(
        _ line: Range<Int>, _ buffer: UnsafeRawBufferPointer
    ) throws(HTTPRefusal.Reason) {
        guard entries.count < limits.fieldCountMax else { throw .tooManyFields }
        var colon = line.lowerBound
        while colon < line.upperBound, ASCII.isToken(buffer[colon]) { colon += 1 }
        guard colon < line.upperBound, buffer[colon] == ASCII.colon, colon > line.lowerBound else {
            throw buffer[line].contains(ASCII.colon) ? .fieldName : .fieldWithoutColon
        }
        let value = buffer.trimmed(colon + 1..<line.upperBound)
        try facts.note(name: line.lowerBound..<colon, value: value, of: buffer)
        entries.append(
            HTTPFields.Entry(
                nameStart: UInt32(truncatingIfNeeded: line.lowerBound), nameEnd: UInt32(truncatingIfNeeded: colon),
                valueStart: UInt32(truncatingIfNeeded: value.lowerBound),
                valueEnd: UInt32(truncatingIfNeeded: value.upperBound)))
    }

    private mutating func finish(
        _ buffer: UnsafeRawBufferPointer, byteCount: Int
    ) throws(HTTPRefusal.Reason) -> HTTPRequestHead {
        guard let line = requestLine else { throw .requestLine }
        let framing = try facts.framing(minorVersion: line.minorVersion)
        let fields = HTTPFields(bytes: Array(buffer.part(0..<byteCount)), entries: entries)
        return HTTPRequestHead(
            method: line.method, minorVersion: line.minorVersion, fields: fields, framing: framing,
            keepAlive: facts.keepAlive(minorVersion: line.minorVersion),
            expectsContinue: facts.expectsContinue && line.minorVersion > 0, places: line.places, host: facts.host)
    }

    private func pathSoFar(_ buffer: UnsafeRawBufferPointer) -> String? {
        requestLine.map { $0.places.path.isEmpty ? "/" : String(decoding: buffer.part($0.places.path), as: UTF8.self) }
    }
}
