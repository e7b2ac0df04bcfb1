/// Where clients find the gateway: an address that can stand in every file, whatever its syntax.
nonisolated struct CLIAddress: Sendable, Equatable {
    /// Without a slash and without `/v1` at its end.
    let root: String

    static let sizeMaxBytes = 2048

    /// - Returns: nil unless it is an http or https address of plain URL characters, without query and fragment.
    init?(_ text: String) {
        let scheme = ["http://", "https://"].first { text.lowercased().hasPrefix($0) }
        guard let scheme, text.utf8.count <= Self.sizeMaxBytes, text.utf8.allSatisfy(Self.isPlain) else { return nil }
        var rest = text.dropFirst(scheme.count)
        Self.dropSlashes(&rest)
        if rest.hasSuffix("/v1") { rest = rest.dropLast(3) }
        Self.dropSlashes(&rest)
        guard let first = rest.first, first != "/", first != ":" else { return nil }
        root = scheme + rest
    }

    func url(for app: CLIApp) -> String { app.takesVersionInURL ? root + "/v1" : root }

    private static func dropSlashes(_ text: inout Substring) {
        while text.hasSuffix("/") { text = text.dropLast() }
    }

    /// Letters, digits, and of RFC 3986 the signs that mean nothing in TOML, JSON and `.env`.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~:/[]@!&()*+,;=%".utf8.contains(byte)
        }
    }
}
