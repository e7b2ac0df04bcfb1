/// What the fields of a message say about its framing, gathered field by field while the head is read.
struct FieldFacts: Sendable {
    /// `Host` and `Expect` mean nothing in an answer and are not looked at there.
    private let isRequest: Bool
    private(set) var host: Range<Int>?
    private var contentLength: Int?
    private var hasTransferEncoding = false
    private var saysClose = false
    private var saysKeepAlive = false
    private(set) var expectsContinue = false

    init(isRequest: Bool) { self.isRequest = isRequest }

    /// Takes note of one field; refuses what RFC 9110 and 9112 do not allow to stand in it.
    @inline(__always)
    mutating func note(
        name: Range<Int>, value: Range<Int>, of buffer: UnsafeRawBufferPointer
    ) throws(HTTPRefusal.Reason) {
        let text = buffer.part(name)
        switch text.count {
        case 4 where isRequest && text.equalsIgnoringCase("host"): try noteHost(value, buffer)
        case 6 where isRequest && text.equalsIgnoringCase("expect"):
            guard buffer.part(value).equalsIgnoringCase("100-continue") else { throw .expectation }
            expectsContinue = true
        case 10 where text.equalsIgnoringCase("connection"): noteConnection(buffer.part(value))
        case 14 where text.equalsIgnoringCase("content-length"): try noteLength(buffer.part(value))
        case 17 where text.equalsIgnoringCase("transfer-encoding"): try noteEncoding(buffer.part(value))
        default: break
        }
    }

    /// How the body of a request ends, once all fields are known.
    func framing(minorVersion: Int) throws(HTTPRefusal.Reason) -> BodyFraming {
        guard minorVersion == 0 || host != nil else { throw .hostMissing }
        return try declaredFraming(minorVersion: minorVersion) ?? .none
    }

    /// What the fields say about the body's end; nil when they say nothing.
    func declaredFraming(minorVersion: Int) throws(HTTPRefusal.Reason) -> BodyFraming? {
        if hasTransferEncoding {
            guard minorVersion > 0 else { throw .encodingBeforeVersion11 }
            guard contentLength == nil else { throw .lengthAndEncoding }
            return .chunked
        }
        return contentLength.map { .length($0) }
    }

    func keepAlive(minorVersion: Int) -> Bool { !saysClose && (minorVersion > 0 || saysKeepAlive) }

    private mutating func noteHost(
        _ value: Range<Int>, _ buffer: UnsafeRawBufferPointer
    ) throws(HTTPRefusal.Reason) {
        guard host == nil else { throw .hostRepeated }
        guard Authority.isValid(buffer.part(value)) else { throw .hostInvalid }
        host = value
    }

    /// `1*DIGIT` that fits an Int. A repeated field is refused even if it says the same: somebody in between may have
    /// believed another one.
    private mutating func noteLength(_ text: UnsafeRawBufferPointer) throws(HTTPRefusal.Reason) {
        guard contentLength == nil else { throw .contentLengthRepeated }
        guard !text.isEmpty else { throw .contentLength }
        var length = 0
        for byte in text {
            guard ASCII.isDigit(byte) else { throw .contentLength }
            let (shifted, overflow) = length.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(Int(byte &- 0x30))
            guard !overflow, !carry else { throw .contentLength }
            length = sum
        }
        contentLength = length
    }

    /// Only a single `chunked`: a chain of codings would need more decoders than we have, and a coding behind
    /// `chunked` has no known end (RFC 9112 section 6.1).
    private mutating func noteEncoding(_ text: UnsafeRawBufferPointer) throws(HTTPRefusal.Reason) {
        guard !hasTransferEncoding else { throw .transferEncoding }
        hasTransferEncoding = true
        if text.equalsIgnoringCase("chunked") { return }
        guard !text.isEmpty, text.allSatisfy(ASCII.isToken) else { throw .transferEncoding }
        throw .unsupportedTransferEncoding
    }

    private mutating func noteConnection(_ text: UnsafeRawBufferPointer) {
        var start = 0
        while start <= text.count {
            var end = start
            while end < text.count, text[end] != UInt8(ascii: ",") { end += 1 }
            let option = text.part(text.trimmed(start..<end))
            if option.equalsIgnoringCase("close") {
                saysClose = true
            } else if option.equalsIgnoringCase("keep-alive") {
                saysKeepAlive = true
            }
            start = end + 1
        }
    }
}
