/// The name in a `Host` field or an origin, for the rule about foreign pages.
nonisolated enum HostName {
    /// Without port, brackets and a dot at the end, in lower case.
    static func bare(_ authority: String) -> String {
        var name = Substring(authority)
        if name.hasPrefix("["), let close = name.firstIndex(of: "]") {
            name = name[name.index(after: name.startIndex)..<close]
        } else if let colon = name.firstIndex(of: ":"), name[name.index(after: colon)...].allSatisfy(\.isNumber) {
            name = name[..<colon]
        }
        if name.hasSuffix(".") { name = name.dropLast() }
        return name.lowercased()
    }

    /// The host and port of an origin such as `http://localhost:3000`; nil for `null` and anything unreadable.
    static func authority(ofOrigin origin: String) -> String? {
        guard let mark = origin.firstRange(of: "://") else { return nil }
        let rest = origin[mark.upperBound...]
        return rest.isEmpty ? nil : rest.lowercased()
    }

    /// Names that only this machine answers to.
    static func isLoopback(_ bareName: String) -> Bool {
        if bareName == "localhost" || bareName.hasSuffix(".localhost") || bareName == "::1" { return true }
        let parts = bareName.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
