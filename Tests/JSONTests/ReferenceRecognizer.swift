/// RFC 8259 once more, as plainly as it can be said: one function a rule, one byte at a time, recursion. Knows nothing of
/// words, indexes or offsets, so that it does not share the mistakes of the real one.
struct ReferenceRecognizer {
    private var rest: ArraySlice<UInt8>
    private let depthMax: Int

    static func accepts(_ text: [UInt8], depthMax: Int = 512) -> Bool {
        var recognizer = ReferenceRecognizer(rest: text[...], depthMax: depthMax)
        return recognizer.element(depth: 0) && recognizer.rest.isEmpty
    }

    private mutating func element(depth: Int) -> Bool {
        blank()
        let isValue = value(depth: depth)
        blank()
        return isValue
    }

    private mutating func value(depth: Int) -> Bool {
        switch rest.first.map({ Character(Unicode.Scalar($0)) }) {
        case "{": depth < depthMax && list(closing: "}") { $0.member(depth: depth + 1) }
        case "[": depth < depthMax && list(closing: "]") { $0.element(depth: depth + 1) }
        case "\"": string()
        case "t": take("true")
        case "f": take("false")
        case "n": take("null")
        default: number()
        }
    }

    private mutating func list(closing end: String, _ item: (inout Self) -> Bool) -> Bool {
        rest.removeFirst()
        blank()
        if take(end) { return true }
        repeat {
            guard item(&self) else { return false }
        } while take(",")
        return take(end)
    }

    private mutating func member(depth: Int) -> Bool {
        blank()
        guard string() else { return false }
        blank()
        return take(":") && element(depth: depth)
    }

    private mutating func string() -> Bool {
        guard take("\"") else { return false }
        var content: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(validating: content, as: UTF8.self) != nil
            case UInt8(ascii: "\\"):
                guard let letter = rest.popFirst() else { return false }
                if letter == UInt8(ascii: "u") {
                    let digits = rest.prefix(4)
                    rest = rest.dropFirst(4)
                    guard digits.count == 4,
                        digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit && $0 < 0x80 })
                    else { return false }
                } else if !"\"\\/bfnrt".utf8.contains(letter) {
                    return false
                }
            case 0..<0x20: return false
            default: content.append(byte)
            }
        }
        return false
    }

    private mutating func number() -> Bool {
        _ = take("-")
        if !take("0"), digits() == 0 { return false }
        if take("."), digits() == 0 { return false }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            if digits() == 0 { return false }
        }
        return true
    }

    private mutating func digits() -> Int {
        let run = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        rest = rest.dropFirst(run.count)
        return run.count
    }

    private mutating func blank() { rest = rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }

    private mutating func take(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }
}
