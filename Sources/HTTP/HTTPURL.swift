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
        var rest = Substring(text)
        if rest.hasPrefix("https://") {
            isSecure = true
        } else if rest.hasPrefix("http://") {
            isSecure = false
        } else {
            return nil
        }
        rest = rest.dropFirst(isSecure ? 8 : 7)
        if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] }
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let named = Array(rest[..<end].utf8)
        guard named.withUnsafeBytes(Authority.isValid) else { return nil }
        authority = String(rest[..<end])
        let path = rest[end...]
        target = path.hasPrefix("/") ? String(path) : "/" + path
        guard let (host, port) = Self.split(authority) else { return nil }
        self.host = host
        self.port = port ?? (isSecure ? 443 : 80)
    }

    private static func split(_ authority: String) -> (host: String, port: UInt16?)? {
        let afterHost = authority.lastIndex(of: "]") ?? authority.startIndex
        guard let colon = authority[afterHost...].lastIndex(of: ":") else { return (bare(authority[...]), nil) }
        let digits = authority[authority.index(after: colon)...]
        if digits.isEmpty { return (bare(authority[..<colon]), nil) }
        guard let port = UInt16(digits), port > 0 else { return nil }
        return (bare(authority[..<colon]), port)
    }

    private static func bare(_ host: Substring) -> String {
        host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : String(host)
    }
}

extension HTTPURL {
    /// The whole address again.
    public var text: String { (isSecure ? "https://" : "http://") + authority + target }
}
