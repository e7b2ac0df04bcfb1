/// The first line of a request (RFC 9112 section 3): exactly one space between method, target and version.
struct RequestLine: Sendable {
    var method: HTTPMethod
    var minorVersion: Int
    var places: TargetPlaces

    /// - Parameter range: the line in `buffer`, without its CRLF.
    init(decoding range: Range<Int>, of buffer: UnsafeRawBufferPointer) throws(HTTPRefusal.Reason) {
        var at = range.lowerBound
        while at < range.upperBound, ASCII.isToken(buffer[at]) { at += 1 }
        guard at > range.lowerBound, at < range.upperBound, buffer[at] == ASCII.space else { throw .requestLine }
        let methodEnd = at
        at += 1
        let targetStart = at
        while at < range.upperBound, buffer[at] != ASCII.space {
            guard buffer[at] > 0x20, buffer[at] < 0x7F, buffer[at] != UInt8(ascii: "#") else { throw .target }
            at += 1
        }
        guard at < range.upperBound, at > targetStart else { throw .requestLine }
        minorVersion = try Self.minorVersion(buffer.part(at + 1..<range.upperBound))
        guard let method = HTTPMethod(served: buffer.part(range.lowerBound..<methodEnd)) else { throw .method }
        self.method = method
        places = try TargetPlaces(decoding: targetStart..<at, of: buffer, method: method)
    }

    private static func minorVersion(_ text: UnsafeRawBufferPointer) throws(HTTPRefusal.Reason) -> Int {
        if text.equals("HTTP/1.1") { return 1 }
        if text.equals("HTTP/1.0") { return 0 }
        guard text.count == 8, text.part(0..<5).equals("HTTP/"), ASCII.isDigit(text[5]), ASCII.isDigit(text[7]),
            text[6] == UInt8(ascii: ".")
        else { throw text.contains(ASCII.space) ? .requestLine : .version }
        throw .unsupportedVersion
    }
}

extension TargetPlaces {
    /// Origin form, absolute form, or `*` for OPTIONS (RFC 9112 section 3.2).
    init(
        decoding range: Range<Int>, of buffer: UnsafeRawBufferPointer, method: HTTPMethod
    ) throws(HTTPRefusal.Reason) {
        var pathStart = range.lowerBound
        var authority: Range<Int>?
        if buffer[range.lowerBound] != UInt8(ascii: "/") {
            let text = buffer.part(range)
            if text.equals("*") {
                guard method == .options else { throw .target }
            } else {
                guard let schemeEnd = Self.schemeEnd(text) else { throw .target }
                let start = range.lowerBound + schemeEnd
                var end = start
                while end < range.upperBound, buffer[end] != UInt8(ascii: "/"), buffer[end] != UInt8(ascii: "?") {
                    end += 1
                }
                guard Authority.isValid(buffer.part(start..<end)) else { throw .target }
                authority = start..<end
                pathStart = end
            }
        }
        var pathEnd = pathStart
        while pathEnd < range.upperBound, buffer[pathEnd] != UInt8(ascii: "?") { pathEnd += 1 }
        target = range
        path = pathStart..<pathEnd
        query = pathEnd < range.upperBound ? pathEnd + 1..<range.upperBound : nil
        self.authority = authority
    }

    private static func schemeEnd(_ text: UnsafeRawBufferPointer) -> Int? {
        for scheme: StaticString in ["http://", "https://"] {
            let count = scheme.utf8CodeUnitCount
            if text.count > count, text.part(0..<count).equalsIgnoringCase(scheme) { return count }
        }
        return nil
    }
}

/// A host name or address with an optional port (RFC 3986 section 3.2), never with user information.
enum Authority {
    static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
        var at = 0
        if text.first == UInt8(ascii: "[") {
            guard let close = text.firstIndex(of: UInt8(ascii: "]")), close > 1 else { return false }
            for byte in text[1..<close] where !ASCII.isHostName(byte) && byte != ASCII.colon { return false }
            at = close + 1
        } else {
            while at < text.count, ASCII.isHostName(text[at]) { at += 1 }
            guard at > 0 else { return false }
        }
        guard at < text.count else { return true }
        return text[at] == ASCII.colon && text[(at + 1)...].allSatisfy(ASCII.isDigit)
    }
}
