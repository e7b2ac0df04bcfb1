/// An absolute `http` or `https` address, taken apart once (RFC 3986; RFC 9110 section 4.2).
public struct HTTPURL: Sendable, Hashable {
    public let isSecure: Bool
    /// Host with the port where one was written: what stands in the `Host` field.
    public let authority: String
    /// Without brackets, in the case it was written in.
    public let host: String
    public let port: UInt16
    /// Path and query, in origin form; never empty, never with a fragment.
    public let target: String

    /// nil for anything else, for user information (which would be a secret in an address), and for bytes that may not
    /// stand in a request line.
    public init?(_ text: String) {
        let all = Array(text.utf8)
        let parts = all.withUnsafeBytes { bytes -> Parts? in Parts(bytes) }
        guard let parts else { return nil }
        isSecure = parts.isSecure
        port = parts.port
        authority = String(decoding: all[parts.authority], as: UTF8.self)
        host = String(decoding: all[parts.host], as: UTF8.self)
        let target = String(decoding: all[parts.target], as: UTF8.self)
        self.target = target.hasPrefix("/") ? target : "/" + target
    }
}

/// Where the parts of an address stand in its bytes.
private struct Parts {
    let isSecure: Bool
    let authority: Range<Int>
    let host: Range<Int>
    let port: UInt16
    let target: Range<Int>

    init?(_ bytes: UnsafeRawBufferPointer) {
        let scheme: StaticString = bytes.starts(with: "https".utf8) ? "https://" : "http://"
        let start = scheme.utf8CodeUnitCount
        guard bytes.count > start, bytes.part(0..<start).equals(scheme) else { return nil }
        let end = bytes.firstIndex(of: UInt8(ascii: "#")) ?? bytes.count
        for byte in bytes where byte <= 0x20 || byte >= 0x7F { return nil }
        var pathStart = start
        while pathStart < end, bytes[pathStart] != UInt8(ascii: "/"), bytes[pathStart] != UInt8(ascii: "?") {
            pathStart += 1
        }
        guard Authority.isValid(bytes.part(start..<pathStart)) else { return nil }
        isSecure = start == 8
        authority = start..<pathStart
        target = pathStart..<end
        // A valid authority has a colon outside brackets only before its port.
        var hostEnd = pathStart
        while hostEnd > start, ASCII.isDigit(bytes[hostEnd - 1]) { hostEnd -= 1 }
        if hostEnd > start, bytes[hostEnd - 1] == ASCII.colon {
            hostEnd -= 1
        } else {
            hostEnd = pathStart
        }
        var port = isSecure ? 443 : 80
        if hostEnd + 1 < pathStart {
            port = 0
            for byte in bytes[(hostEnd + 1)..<pathStart] {
                port = port * 10 + Int(byte & 15)
                guard port <= UInt16.max else { return nil }
            }
        }
        guard port > 0 else { return nil }
        self.port = UInt16(port)
        host = bytes[start] == UInt8(ascii: "[") ? start + 1..<hostEnd - 1 : start..<hostEnd
    }
}

extension HTTPURL {
    /// The whole address again.
    public var text: String { (isSecure ? "https://" : "http://") + authority + target }
}
