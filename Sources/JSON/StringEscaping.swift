/// From a text to its spelling inside a JSON string literal.
@usableFromInline
enum StringEscaping {
    @inlinable
    static func append(_ text: String, to bytes: inout [UInt8]) {
        withUTF8(of: text) { append($0, to: &bytes) }
    }

    /// Hands over the bytes where they are; only a string from outside of Swift is copied for it.
    @inlinable @inline(__always)
    static func withUTF8(of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        guard text.utf8.withContiguousStorageIfAvailable(body) == nil else { return }
        var text = text
        text.withUTF8(body)
    }

    /// Eight bytes at a time, the last eight once more for what is left over: most texts are plain ASCII.
    static func needsEscapes(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = text.baseAddress else { return false }
        if text.count >= 8 {
            var specials = TextScan.specials(TextScan.word(base, text.count &- 8))
            for offset in stride(from: 0, to: text.count &- 8, by: 8) {
                specials |= TextScan.specials(TextScan.word(base, offset))
            }
            if specials == 0 { return false }
        }
        return TextScan.unescapedRunEnd(base, from: 0, to: text.count) < text.count
    }

    /// Appends valid UTF-8, escaping what RFC 8259 section 7 demands and nothing more: `/` and U+2028 stay as they are.
    @usableFromInline
    static func append(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        guard let base = text.baseAddress else { return }
        var cursor = 0
        while true {
            let run = TextScan.unescapedRunEnd(base, from: cursor, to: text.count)
            bytes.append(nil, UnsafeBufferPointer(start: base + cursor, count: run &- cursor))
            guard run < text.count else { return }
            appendEscape(of: base[run], to: &bytes)
            cursor = run &+ 1
        }
    }

    private static func appendEscape(of byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        default:
            let digit = byte & 15
            bytes.append(UInt8(ascii: "u"))
            bytes.append(UInt8(ascii: "0"))
            bytes.append(UInt8(ascii: "0"))
            bytes.append(UInt8(ascii: "0") + byte >> 4)
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
