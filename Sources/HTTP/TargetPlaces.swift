/// Where the parts of a request target stand in the bytes of a head.
struct TargetPlaces: Sendable {
    var target: Range<Int>
    /// Empty when an absolute target has no path.
    var path: Range<Int>
    var query: Range<Int>?
    /// Only in an absolute target; it overrides `Host` (RFC 9112 section 3.2.2).
    var authority: Range<Int>?
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
