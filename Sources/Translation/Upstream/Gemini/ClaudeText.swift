import JSON

/// What Claude refuses about texts: empty ones, blank ones, and blank space at the end of the last assistant text.
enum ClaudeText {
    /// Blank, or the words by which some clients say that there is nothing.
    static func saysNothing(_ text: JSONString) -> Bool {
        // Most texts show by their first byte that they say something.
        if let first = text.escaped.first, !isBlank(first), first != UInt8(ascii: "\\"), first != UInt8(ascii: "(") {
            return false
        }
        let decoded = text.decoded
        return decoded == "(no content)" || decoded.allSatisfy(\.isWhitespace)
    }

    static func trimmedEnd(_ text: JSONString) -> JSONString {
        var decoded = Substring(text.decoded)
        guard decoded.last?.isWhitespace == true else { return text }
        while decoded.last?.isWhitespace == true { decoded.removeLast() }
        return JSONString(String(decoded))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte >= 0x80 }
}
