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
