/// Reads the head of an answer from a growing buffer, as strictly as `RequestHeadParser` reads a request's.
struct ResponseHeadParser: Sendable {
    private let limits: HTTPLimits
    /// An answer to HEAD has no body, whatever its fields say.
    private let isToHead: Bool
    private var scanner = LineScanner()
    private var statusLine: StatusLine?
    private var section = FieldSection(isRequest: false)

    init(isToHead: Bool, limits: HTTPLimits) {
        self.isToHead = isToHead
        self.limits = limits
    }

    /// - Parameter buffer: begins with the first byte of the answer; the same bytes and more on the next call.
    /// - Returns: the head and how many bytes it took; nil when more are needed.
    mutating func parse(
        _ buffer: UnsafeRawBufferPointer
    ) throws(HTTPRefusal.Reason) -> (response: ReceivedResponse, byteCount: Int)? {
        guard !buffer.isEmpty else { return nil }
        if statusLine == nil {
            guard
                let end = try scanner.lineEnd(
                    in: buffer, notAfter: limits.requestLineSizeMaxBytes, tooLong: .statusLine)
            else { return nil }
            statusLine = try StatusLine(decoding: buffer.part(0..<end))
            section.start(at: end + 2)
        }
        guard let line = statusLine, let end = try section.read(buffer, scanner: &scanner, limits: limits) else {
            return nil
        }
        return (try finish(line, buffer.part(0..<end)), end)
    }

    /// RFC 9112 section 6.3, in its order.
    private func finish(
        _ line: StatusLine, _ bytes: UnsafeRawBufferPointer
    ) throws(HTTPRefusal.Reason) -> ReceivedResponse {
        let declared = try section.facts.declaredFraming(minorVersion: line.minorVersion)
        let framing = isToHead || ResponseHead.hasNoBody(line.status) ? BodyFraming.none : declared
        let fields = HTTPFields(bytes: Array(bytes), entries: section.entries)
        return ReceivedResponse(
            head: ResponseHead(status: line.status, fields: fields), framing: framing,
            keepsConnection: framing != nil && section.facts.keepAlive(minorVersion: line.minorVersion))
    }
}
