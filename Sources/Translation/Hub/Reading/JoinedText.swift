import JSON

/// The text parts of a message as one text, with line feeds between.
struct JoinedText {
    let text: JSONString

    init(_ parts: [Turn.Part]) {
        if parts.count == 1, case .text(let only, _) = parts[0] {
            text = only
            return
        }
        let texts = parts.compactMap { if case .text(let text, _) = $0 { text } else { nil } }
        text =
            texts.count == 1
            ? texts[0] : JSONString(escaped: Array(texts.map(\.escaped).joined(separator: Self.lineFeed)))
    }

    /// The texts one after the other, nothing between.
    static func concatenation(_ texts: [JSONString]) -> JSONString {
        JSONString(escaped: texts.flatMap(\.escaped))
    }

    private static let lineFeed = Array("\\n".utf8)
}
