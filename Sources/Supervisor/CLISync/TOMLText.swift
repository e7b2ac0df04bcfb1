/// TOML's strings of one line (TOML 1.0, "String").
nonisolated enum TOMLText {
    static func quoted(_ text: String) -> [UInt8] {
        var output = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
            case 0..<0x20, 0x7F:
                let digits = String(byte, radix: 16)
                output += "\\u00\(digits.count == 1 ? "0" : "")\(digits)".utf8
            default: output.append(byte)
            }
        }
        return output + [UInt8(ascii: "\"")]
    }

    /// What a value means; nil if it is no string of one line.
    static func decoded(_ value: ArraySlice<UInt8>) -> String? {
        guard value.count >= 2, let quote = value.first, value.last == quote else { return nil }
        let content = value.dropFirst().dropLast()
        switch quote {
        case UInt8(ascii: "'") where !content.contains(quote): return String(decoding: content, as: UTF8.self)
        case UInt8(ascii: "\""): return unescaped(String(decoding: content, as: UTF8.self))
        default: return nil
        }
    }

    private static func unescaped(_ content: String) -> String? {
        var text = String.UnicodeScalarView()
        var rest = content.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar != "\"" else { return nil }
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            guard let sign = rest.popFirst() else { return nil }
            if let simple = escapes[sign] {
                text.append(simple)
                continue
            }
            guard let count = ["u": 4, "U": 8][sign], rest.count >= count,
                let code = UInt32(String(String.UnicodeScalarView(rest.prefix(count))), radix: 16),
                let named = Unicode.Scalar(code)
            else { return nil }
            text.append(named)
            rest = rest.dropFirst(count)
        }
        return String(text)
    }

    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
        "b": "\u{8}", "t": "\t", "n": "\n", "f": "\u{C}", "r": "\r", "\"": "\"", "\\": "\\",
    ]
}
