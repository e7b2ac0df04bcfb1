import JSON

/// Names by which others know a machine or a page.
nonisolated extension SettingForm {
    /// Entries of a list of hosts or origins.
    static let namesMax = 64

    /// A host name, an IPv4 address or an IPv6 one, in brackets or not, with or without a port.
    static func isHost(_ text: some StringProtocol) -> Bool {
        (1...255).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-._:[]".utf8.contains(byte)
                }
            }
    }

    /// Scheme, host and perhaps port, in lower case, with nothing behind them (RFC 6454 section 6.2). The origin `null`, which
    /// any page can have, is none.
    static func isOrigin(_ text: String) -> Bool {
        guard let mark = text.firstRange(of: "://"), text == text.lowercased() else { return false }
        let scheme = text[..<mark.lowerBound].utf8
        return isHost(text[mark.upperBound...])
            && scheme.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } == true
            && scheme.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || "0123456789+-.".utf8.contains($0)
            }
    }

    static func areNames(_ items: [JSONValue], _ isName: (String) -> Bool) -> Bool {
        items.count <= namesMax
            && items.allSatisfy { item in
                if case .string(let text) = item { isName(text) } else { false }
            }
    }
}
