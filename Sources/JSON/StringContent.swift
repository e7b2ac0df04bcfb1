import CJSON

/// From the spelling of a JSON string to the text it means.
@usableFromInline
enum StringContent {
    /// The text of a string node. Halves of surrogate pairs that stand alone become U+FFFD.
    @usableFromInline
    static func decode(_ base: UnsafePointer<UInt8>, _ node: IndexNode) -> String {
        let content = UnsafeBufferPointer(start: base + Int(node.start) + 1, count: Int(node.end - node.start) - 2)
        return node.hasEscapes ? unescape(content) : String(decoding: content, as: UTF8.self)
    }

    /// The text that `escaped` means: the inside of a valid JSON string literal. Decoding never makes it longer.
    @usableFromInline
    static func unescape(_ escaped: UnsafeBufferPointer<UInt8>) -> String {
        guard !escaped.isEmpty else { return "" }
        return String(unsafeUninitializedCapacity: escaped.count) { unescape(escaped, into: $0) }
    }

    /// - Parameter target: has room for as many bytes as `escaped` has.
    /// - Returns: how many bytes were written.
    static func unescape(_ escaped: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>) -> Int {
        precondition(target.count >= escaped.count)
        guard let base = escaped.baseAddress, let output = target.baseAddress else { return 0 }
        var from = 0
        var to = 0
        while true {
            var written = 0
            from += json_unescape_simple(base + from, escaped.count - from, output + to, &written)
            to += written
            guard from + 1 < escaped.count else { return to }
            let (scalar, length) = unicodeEscape(base, at: from, to: escaped.count)
            from += length
            for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                output[to] = unit
                to += 1
            }
        }
    }

    /// The last place not behind `size` where neither a character nor an escape sequence would be cut in two.
    static func cut(_ escaped: UnsafeBufferPointer<UInt8>, at size: Int) -> Int {
        var end = size
        while end > 0, escaped[end] & 0xC0 == 0x80 { end -= 1 }
        // An escape is at most six bytes long; whether a backslash begins one, the number of backslashes before it tells.
        for start in max(0, end - 5)..<max(0, end) where escaped[start] == UInt8(ascii: "\\") {
            var first = start
            while first > 0, escaped[first - 1] == UInt8(ascii: "\\") { first -= 1 }
            guard (start - first) % 2 == 0, start + 1 < escaped.count else { continue }
            if start + (escaped[start + 1] == UInt8(ascii: "u") ? 6 : 2) > end { return start }
        }
        return end
    }

    /// The scalar of the escape at `offset` and the number of bytes it takes, 12 for a surrogate pair.
    private static func unicodeEscape(
        _ base: UnsafePointer<UInt8>, at offset: Int, to end: Int
    ) -> (Unicode.Scalar, Int) {
        let replacement: Unicode.Scalar = "\u{FFFD}"
        guard let first = codeUnit(base, at: offset, to: end) else { return (replacement, 2) }
        if let scalar = Unicode.Scalar(first) { return (scalar, 6) }
        guard first < 0xDC00, let second = codeUnit(base, at: offset + 6, to: end), 0xDC00..<0xE000 ~= second,
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { return (replacement, 6) }
        return (scalar, 12)
    }

    /// The UTF-16 code unit of a `\uXXXX` at `offset`, nil if none stands there.
    private static func codeUnit(_ base: UnsafePointer<UInt8>, at offset: Int, to end: Int) -> UInt32? {
        guard offset + 6 <= end, base[offset] == UInt8(ascii: "\\"), base[offset + 1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt32 = 0
        for step in 2..<6 {
            guard let digit = TextScan.hexValue(base[offset + step]) else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }
}
