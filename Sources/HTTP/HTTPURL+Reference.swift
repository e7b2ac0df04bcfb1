extension HTTPURL {
    /// An address as people and servers write it: the scheme in any case, and behind the host bytes that ought to be escaped.
    public init?(repairing text: String) {
        guard let colon = text.utf8.firstIndex(of: ASCII.colon) else { return nil }
        var fixed = text[..<colon].lowercased()
        let rest = text[colon...]
        var isBehindHost = false
        for (index, byte) in rest.utf8.enumerated() {
            if index > 2, byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") { isBehindHost = true }
            if isBehindHost, byte == 0x20 || byte >= 0x7F {
                fixed += "%" + Self.hexadecimal(byte)
            } else if byte < 0x7F {
                fixed.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                return nil
            }
        }
        self.init(fixed)
    }

    /// The address that `reference`, found at this one, means (RFC 3986 section 5.2); nil if that is no `http` or `https`
    /// address.
    public func resolving(_ reference: String) -> HTTPURL? {
        let reference = String(reference.prefix { $0 != "#" })
        if Self.hasScheme(reference) { return HTTPURL(repairing: reference) }
        let scheme = isSecure ? "https:" : "http:"
        if reference.hasPrefix("//") { return HTTPURL(repairing: scheme + reference) }
        let origin = scheme + "//" + authority
        let path = target.prefix { $0 != "?" }
        switch reference.first {
        case nil: return self
        case "/": return HTTPURL(repairing: origin + Self.withoutDots(reference))
        case "?": return HTTPURL(repairing: origin + path + reference)
        default:
            let folder = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
            return HTTPURL(repairing: origin + Self.withoutDots(folder + reference))
        }
    }

    private static func hasScheme(_ text: String) -> Bool {
        guard let end = text.firstIndex(where: { ":/?".contains($0) }), text[end] == ":" else { return false }
        return text[..<end].first?.isLetter == true
    }

    /// A path, with its query, without `.` and `..` segments (RFC 3986 section 5.2.4).
    private static func withoutDots(_ text: String) -> String {
        let path = text.prefix { $0 != "?" }
        var kept: [Substring] = []
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".": if isLast { kept.append("") }
            case "..":
                if !kept.isEmpty { kept.removeLast() }
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/") + text[path.endIndex...]
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = Array("0123456789ABCDEF")
        return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    }
}
