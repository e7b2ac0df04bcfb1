/// A host name or address with an optional port (RFC 3986 section 3.2), never with user information.
enum Authority {
    static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
        var at = 0
        if text.first == UInt8(ascii: "[") {
            guard let close = text.firstIndex(of: UInt8(ascii: "]")), close > 1 else { return false }
            for byte in text[1..<close] where !ASCII.isHostName(byte) && byte != ASCII.colon { return false }
            at = close + 1
        } else {
            while at < text.count, ASCII.isHostName(text[at]) { at += 1 }
            guard at > 0 else { return false }
        }
        guard at < text.count else { return true }
        return text[at] == ASCII.colon && text[(at + 1)...].allSatisfy(ASCII.isDigit)
    }
}
