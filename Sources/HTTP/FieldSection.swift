/// The field lines of a head (RFC 9112 section 5), read as they come: where each stands, and what they say about framing.
struct FieldSection: Sendable {
    private(set) var entries: [HTTPFields.Entry] = []
    private(set) var facts: FieldFacts
    private var sectionStart = 0
    private var lineStart = 0

    init(isRequest: Bool) { facts = FieldFacts(isRequest: isRequest) }

    /// The first field line begins at this offset of the buffer.
    mutating func start(at offset: Int) {
        sectionStart = offset
        lineStart = offset
        entries.reserveCapacity(16)
    }

    /// Reads on in `buffer`, which begins with the first byte of the head.
    ///
    /// - Returns: the offset behind the empty line; nil when more bytes are needed.
    @inline(__always)
    mutating func read(
        _ buffer: UnsafeRawBufferPointer, scanner: inout LineScanner, limits: HTTPLimits
    ) throws(HTTPRefusal.Reason) -> Int? {
        let sectionEnd = sectionStart + limits.fieldsSizeMaxBytes - 2
        while lineStart < buffer.count {
            let first = buffer[lineStart]
            if first == ASCII.space || first == ASCII.tab { throw .foldedField }
            guard let end = try scanner.lineEnd(in: buffer, notAfter: sectionEnd, tooLong: .fieldsTooLarge) else {
                return nil
            }
            if end == lineStart { return end + 2 }
            guard entries.count < limits.fieldCountMax else { throw .tooManyFields }
            try readField(lineStart..<end, buffer)
            lineStart = end + 2
        }
        return nil
    }

    @inline(__always)
    private mutating func readField(
        _ line: Range<Int>, _ buffer: UnsafeRawBufferPointer
    ) throws(HTTPRefusal.Reason) {
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
}
