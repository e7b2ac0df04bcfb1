/// Finds the parts of a form in one pass (RFC 2046, section 5.1.1). What is not exactly in the form that the RFC gives is
/// refused: two readers must never see two different forms.
struct MultipartParser {
    private let body: UnsafeRawBufferPointer
    /// The delimiter without the line end before it: `--boundary`.
    private let dashed: [UInt8]
    private let limits: MultipartLimits
    private var cursor = 0

    init(body: UnsafeRawBufferPointer, boundary: String, limits: MultipartLimits) {
        self.body = body
        dashed = Array("--".utf8) + Array(boundary.utf8)
        self.limits = limits
    }

    mutating func parse() throws(MultipartError) -> [MultipartPart] {
        // The first delimiter may stand at the very beginning; whatever comes before it is a preamble.
        guard holdsDashed(at: 0) || skipToDelimiter() != nil else { throw MultipartError(.noDelimiter, at: 0) }
        var parts: [MultipartPart] = []
        while try !takesClose() {
            guard parts.count < limits.partCountMax else { throw MultipartError(.tooManyParts, at: cursor) }
            let head = try takeHead()
            let start = cursor
            // A part without content may end in the line end of its head.
            if start >= 2, isLineEnd(at: start - 2), holdsDashed(at: start) {
                parts.append(head.part(body: start..<start))
                continue
            }
            guard let end = skipToDelimiter() else { throw MultipartError(.cut, at: body.count) }
            parts.append(head.part(body: start..<end))
        }
        return parts
    }

    // MARK: Delimiters

    /// Behind a delimiter's dashes and boundary: whether it is the closing one. Afterwards the cursor stands at the next line.
    private mutating func takesClose() throws(MultipartError) -> Bool {
        cursor += dashed.count
        let closes = byte(cursor) == UInt8(ascii: "-") && byte(cursor + 1) == UInt8(ascii: "-")
        if closes { cursor += 2 }
        while byte(cursor) == ASCII.space || byte(cursor) == ASCII.tab { cursor += 1 }
        if closes, cursor == body.count { return true }
        guard isLineEnd(at: cursor) else {
            let isCut = cursor >= body.count || cursor + 1 == body.count && byte(cursor) == ASCII.carriageReturn
            if isCut, closes { return true }
            throw MultipartError(isCut || isCutDash ? .cut : .delimiter, at: cursor)
        }
        cursor += 2
        return closes
    }

    /// One dash of two, and nothing behind it.
    private var isCutDash: Bool { cursor + 1 == body.count && byte(cursor) == UInt8(ascii: "-") }

    /// Moves to the dashes of the next delimiter.
    ///
    /// - Returns: where the content before it ends; nil if there is no delimiter.
    private mutating func skipToDelimiter() -> Int? {
        while let lineEnd = nextLineEnd(from: cursor) {
            cursor = lineEnd + 2
            if holdsDashed(at: cursor) { return lineEnd }
        }
        return nil
    }

    private func holdsDashed(at offset: Int) -> Bool {
        guard offset + dashed.count <= body.count else { return false }
        for index in 0..<dashed.count where body[offset + index] != dashed[index] { return false }
        return true
    }

    /// Eight bytes at a time while none of them is a carriage return.
    private func nextLineEnd(from offset: Int) -> Int? {
        guard let base = body.baseAddress else { return nil }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var at = offset
        while at + 1 < body.count {
            if at + 8 <= body.count {
                let word = base.loadUnaligned(fromByteOffset: at, as: UInt64.self) ^ (ones &* 0x0D)
                if (word &- ones) & ~word & highs == 0 {
                    at += 8
                    continue
                }
            }
            let end = min(at + 8, body.count - 1)
            while at < end {
                if isLineEnd(at: at) { return at }
                at += 1
            }
        }
        return nil
    }

    private func isLineEnd(at offset: Int) -> Bool {
        byte(offset) == ASCII.carriageReturn && byte(offset + 1) == ASCII.lineFeed
    }

    private func byte(_ offset: Int) -> UInt8? { offset < body.count ? body[offset] : nil }

    // MARK: Heads

    /// The field lines of a part, up to the empty line.
    private mutating func takeHead() throws(MultipartError) -> MultipartHead {
        let start = cursor
        var head = MultipartHead(limits: limits)
        while true {
            let line = try takeLine(headStart: start)
            if line.isEmpty { return try head.checked(at: cursor) }
            try head.take(UnsafeRawBufferPointer(rebasing: body[line]), at: line.lowerBound)
        }
    }

    private mutating func takeLine(headStart: Int) throws(MultipartError) -> Range<Int> {
        let start = cursor
        while let byte = byte(cursor) {
            guard cursor - headStart <= limits.headSizeMaxBytes else { throw MultipartError(.headTooLarge, at: cursor) }
            switch byte {
            case ASCII.carriageReturn:
                guard let next = self.byte(cursor + 1) else { throw MultipartError(.cut, at: cursor) }
                guard next == ASCII.lineFeed else { throw MultipartError(.lineEnd, at: cursor) }
                cursor += 2
                return start..<(cursor - 2)
            case ASCII.lineFeed: throw MultipartError(.lineEnd, at: cursor)
            case let byte where ASCII.isForbiddenControl(byte): throw MultipartError(.controlCharacter, at: cursor)
            default: cursor += 1
            }
        }
        throw MultipartError(.cut, at: cursor)
    }
}
