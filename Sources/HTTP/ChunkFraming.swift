/// Everything of a chunked body that is not data (RFC 9112 section 7.1): sizes, extensions, line ends, trailers.
///
/// The caller passes over the data of each chunk. Extensions and trailers are checked, bounded and dropped.
struct ChunkFraming: Sendable {
    enum Step: Equatable {
        case more
        /// So many bytes of data follow; then call again with the byte behind them.
        case data(Int)
        case end
    }

    private enum State: Sendable {
        case sizeStart, size, sizeLineEnd
        case extensionName(isEmpty: Bool), extensionGap, extensionValueStart
        case extensionToken, extensionQuoted, extensionEscaped, extensionQuotedEnd
        case dataEnd, dataLineEnd
        case trailerStart, trailerName, trailerValue, trailerLineEnd, lastLineEnd
    }

    private let limits: HTTPLimits
    private var state = State.sizeStart
    private var size = 0
    private var digitCount = 0
    private var extensionsSize = 0
    private var trailersSize = 0
    private var trailerCount = 0

    /// Sixteen digits can hold every size an Int can; more are an attempt to wrap somebody's counter.
    private static let digitCountMax = 16

    init(limits: HTTPLimits) {
        self.limits = limits
    }

    mutating func take(_ byte: UInt8) throws(HTTPRefusal.Reason) -> Step {
        switch state {
        case .sizeStart, .size, .sizeLineEnd: return try takeSize(byte)
        case .dataEnd:
            guard byte == ASCII.carriageReturn else { throw .chunkEnd }
            state = .dataLineEnd
        case .dataLineEnd:
            guard byte == ASCII.lineFeed else { throw .chunkEnd }
            state = .sizeStart
        case .trailerStart, .trailerName, .trailerValue, .trailerLineEnd, .lastLineEnd: return try takeTrailer(byte)
        default: try takeExtension(byte)
        }
        return .more
    }

    private mutating func takeSize(_ byte: UInt8) throws(HTTPRefusal.Reason) -> Step {
        if case .sizeLineEnd = state {
            guard byte == ASCII.lineFeed else { throw .bareCarriageReturn }
            defer { (size, digitCount) = (0, 0) }
            state = size == 0 ? .trailerStart : .dataEnd
            return size == 0 ? .more : .data(size)
        }
        if let digit = ASCII.hexValue(byte) {
            guard digitCount < Self.digitCountMax, size <= Int.max >> 4 else { throw .chunkSize }
            size = size << 4 | Int(digit)
            digitCount += 1
            state = .size
            return .more
        }
        guard case .size = state else { throw .chunkSize }
        switch byte {
        case ASCII.carriageReturn: state = .sizeLineEnd
        case UInt8(ascii: ";"): try startExtension()
        default: throw .chunkSize
        }
        return .more
    }

    /// `*( ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )`. White space between size and semicolon is refused.
    private mutating func takeExtension(_ byte: UInt8) throws(HTTPRefusal.Reason) {
        try countExtensionByte()
        let isGap = byte == ASCII.space || byte == ASCII.tab
        switch state {
        case .extensionName(let isEmpty):
            if ASCII.isToken(byte) {
                state = .extensionName(isEmpty: false)
            } else if isEmpty {
                guard isGap else { throw .chunkExtension }
            } else if isGap {
                state = .extensionGap
            } else {
                try endExtensionPart(byte, mayAssign: true)
            }
        case .extensionGap where !isGap:
            guard byte != ASCII.carriageReturn else { throw .chunkExtension }
            try endExtensionPart(byte, mayAssign: true)
        case .extensionValueStart where !isGap:
            if byte == UInt8(ascii: "\"") {
                state = .extensionQuoted
            } else {
                guard ASCII.isToken(byte) else { throw .chunkExtension }
                state = .extensionToken
            }
        case .extensionToken where !ASCII.isToken(byte): try endExtensionPart(byte, mayAssign: false)
        case .extensionQuoted:
            guard !ASCII.isForbiddenControl(byte) else { throw .chunkExtension }
            if byte == UInt8(ascii: "\"") { state = .extensionQuotedEnd }
            if byte == UInt8(ascii: "\\") { state = .extensionEscaped }
        case .extensionEscaped:
            guard !ASCII.isForbiddenControl(byte) else { throw .chunkExtension }
            state = .extensionQuoted
        case .extensionQuotedEnd: try endExtensionPart(byte, mayAssign: false)
        default: break
        }
    }

    private mutating func endExtensionPart(_ byte: UInt8, mayAssign: Bool) throws(HTTPRefusal.Reason) {
        switch byte {
        case ASCII.carriageReturn: state = .sizeLineEnd
        case UInt8(ascii: ";"): state = .extensionName(isEmpty: true)
        case UInt8(ascii: "=") where mayAssign: state = .extensionValueStart
        default: throw .chunkExtension
        }
    }

    private mutating func startExtension() throws(HTTPRefusal.Reason) {
        try countExtensionByte()
        state = .extensionName(isEmpty: true)
    }

    private mutating func countExtensionByte() throws(HTTPRefusal.Reason) {
        extensionsSize += 1
        guard extensionsSize <= limits.chunkExtensionsSizeMaxBytes else { throw .chunkExtensionsTooLarge }
    }

    private mutating func takeTrailer(_ byte: UInt8) throws(HTTPRefusal.Reason) -> Step {
        trailersSize += 1
        guard trailersSize <= limits.fieldsSizeMaxBytes else { throw .fieldsTooLarge }
        switch state {
        case .trailerStart:
            if byte == ASCII.carriageReturn {
                state = .lastLineEnd
                return .more
            }
            guard byte != ASCII.space, byte != ASCII.tab else { throw .foldedField }
            guard ASCII.isToken(byte) else { throw .fieldName }
            trailerCount += 1
            guard trailerCount <= limits.fieldCountMax else { throw .tooManyFields }
            state = .trailerName
        case .trailerName:
            if byte == ASCII.colon {
                state = .trailerValue
            } else {
                guard ASCII.isToken(byte) else { throw .fieldName }
            }
        case .trailerValue:
            if byte == ASCII.carriageReturn {
                state = .trailerLineEnd
            } else {
                guard !ASCII.isForbiddenControl(byte) else { throw .controlCharacter }
            }
        case .trailerLineEnd:
            guard byte == ASCII.lineFeed else { throw .bareCarriageReturn }
            state = .trailerStart
        default:
            guard byte == ASCII.lineFeed else { throw .bareCarriageReturn }
            return .end
        }
        return .more
    }
}
