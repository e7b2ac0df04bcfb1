/// Links out of upstream answers that a person will be asked to open: only Google's own pages, only over https.
public enum GoogleLink {
    public static let lengthMax = 4096

    /// The link itself, or nil if it is not an https address of google.com or one of its subdomains,
    /// carries user information or a port, or holds a character that does not belong into a URL.
    public static func accept(_ text: String) -> String? {
        let bytes = text.utf8
        guard bytes.count <= lengthMax, text.hasPrefix("https://"),
            bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f && !forbidden.contains($0) })
        else { return nil }
        let rest = text.dropFirst("https://".count)
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }.lowercased()
        guard host.utf8.allSatisfy(isHostByte), host == "google.com" || host.hasSuffix(".google.com"),
            !host.hasPrefix("."), !host.contains("..")
        else { return nil }
        return text
    }

    private static let forbidden: [UInt8] = Array("\"'<>\\^`{|}".utf8)

    private static func isHostByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }
}
