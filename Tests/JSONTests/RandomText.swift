/// Small random JSON texts with everything in them: blank space, escapes, odd numbers, duplicate names.
enum RandomText {
    static func make(using random: inout SplitMix64, depth: Int = 0) -> [UInt8] {
        var text: [UInt8] = []
        blank(&text, using: &random)
        switch Int.random(in: 0..<(depth < 4 ? 8 : 5), using: &random) {
        case 0: text += ["null", "true", "false"].randomElement(using: &random).map { Array($0.utf8) } ?? []
        case 1, 2: text += numbers.randomElement(using: &random).map { Array($0.utf8) } ?? []
        case 3, 4: string(&text, using: &random)
        case 5: list(&text, "[", "]", using: &random) { text, random in text += make(using: &random, depth: depth + 1) }
        default:
            list(&text, "{", "}", using: &random) { text, random in
                blank(&text, using: &random)
                string(&text, using: &random)
                blank(&text, using: &random)
                text.append(UInt8(ascii: ":"))
                text += make(using: &random, depth: depth + 1)
            }
        }
        blank(&text, using: &random)
        return text
    }

    private static let numbers = ["0", "-0", "7", "1.50", "1e400", "-2E-7", "12345678901234567890123"]
    private static let pieces = [
        "a", "b", "longer than a word", "\\n", "\\\"", "\\u0041", "\\ud83d\\ude00", "\\ud800", "é", "日本", "😀", "\u{7f}",
    ]

    private static func list(
        _ text: inout [UInt8], _ open: Unicode.Scalar, _ close: Unicode.Scalar, using random: inout SplitMix64,
        _ item: (inout [UInt8], inout SplitMix64) -> Void
    ) {
        text.append(UInt8(ascii: open))
        for position in 0..<Int.random(in: 0...4, using: &random) {
            if position > 0 { text.append(UInt8(ascii: ",")) }
            item(&text, &random)
        }
        text.append(UInt8(ascii: close))
    }

    private static func string(_ text: inout [UInt8], using random: inout SplitMix64) {
        text.append(UInt8(ascii: "\""))
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            text += Array((pieces.randomElement(using: &random) ?? "").utf8)
        }
        text.append(UInt8(ascii: "\""))
    }

    private static func blank(_ text: inout [UInt8], using random: inout SplitMix64) {
        if Int.random(in: 0..<4, using: &random) == 0 {
            text.append([0x20, 0x09, 0x0A, 0x0D].randomElement(using: &random) ?? 0x20)
        }
    }
}
