/// Reads request heads from a growing buffer, strictly by RFC 9112, looking at each byte of a line's content once.
///
/// Whatever the bytes say, the result is the same for every way of splitting them.
public struct RequestHeadParser: Sendable {
    private let limits: HTTPLimits
    private var scanner = LineScanner()
    private var lineStart = 0
    private var hasSkippedEmptyLine = false
    private var requestLine: RequestLine?
    private var section = FieldSection(isRequest: true)

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
        guard let end = try section.read(buffer, scanner: &scanner, limits: limits) else { return nil }
        return (try finish(buffer, byteCount: end), end)
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
                section.start(at: end + 2)
                return true
            }
            // RFC 9112 section 2.2: a client may have sent a line end too many behind its last body.
            guard !hasSkippedEmptyLine else { throw .emptyLines }
            hasSkippedEmptyLine = true
            lineStart = end + 2
        }
        return false
    }

    private func finish(
        _ buffer: UnsafeRawBufferPointer, byteCount: Int
    ) throws(HTTPRefusal.Reason) -> HTTPRequestHead {
        guard let line = requestLine else { throw .requestLine }
        let framing = try section.facts.framing(minorVersion: line.minorVersion)
        let fields = HTTPFields(bytes: Array(buffer.part(0..<byteCount)), entries: section.entries)
        return HTTPRequestHead(
            method: line.method, minorVersion: line.minorVersion, fields: fields, framing: framing,
            keepAlive: section.facts.keepAlive(minorVersion: line.minorVersion),
            expectsContinue: section.facts.expectsContinue && line.minorVersion > 0, places: line.places,
            host: section.facts.host)
    }

    private func pathSoFar(_ buffer: UnsafeRawBufferPointer) -> String? {
        requestLine.map { $0.places.path.isEmpty ? "/" : String(decoding: buffer.part($0.places.path), as: UTF8.self) }
    }
}
