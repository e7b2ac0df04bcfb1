import JSON

/// Takes our own folded thinking out of a history: Cursor sends back what it was shown as the assistant's text, and a model
/// that sees its thoughts there begins to write such tags itself.
enum CursorHistory {
    private static let open = "<think>"
    private static let close = "</think>"

    static func strip(_ turns: inout [Turn]) {
        for index in turns.indices where turns[index].role == .assistant { strip(&turns[index]) }
    }

    /// The first text alone: what stands later is the model's own.
    private static func strip(_ turn: inout Turn) {
        for index in turn.parts.indices {
            guard case .text(let text, let signature) = turn.parts[index] else { continue }
            guard let rest = stripped(text) else { return }
            if rest.isEmpty {
                turn.parts.remove(at: index)
            } else {
                turn.parts[index] = .text(rest, signature: signature)
            }
            return
        }
    }

    /// What follows the blocks at the beginning of a text; nil if there is none that ends.
    private static func stripped(_ text: JSONString) -> JSONString? {
        guard mayBegin(text.escaped) else { return nil }
        let whole = text.decoded
        var rest = Substring(whole)
        var isStripped = false
        while true {
            let block = rest.drop { $0.isWhitespace }
            guard block.hasPrefix(open), let end = block.firstRange(of: close) else { break }
            rest = block[end.upperBound...].drop { $0.isNewline }
            isStripped = true
        }
        return isStripped ? JSONString(String(rest)) : nil
    }

    /// Whether a look inside is worth it: a `<`, spelled out or as an escape, or blank space before one.
    private static func mayBegin(_ escaped: ArraySlice<UInt8>) -> Bool {
        switch escaped.first {
        case UInt8(ascii: "<"), UInt8(ascii: "\\"), UInt8(ascii: " "): true
        default: false
        }
    }
}
