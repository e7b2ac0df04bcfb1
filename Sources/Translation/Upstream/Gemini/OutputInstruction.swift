import JSON

/// Asks in words for what a model has no switch for: an answer in JSON.
enum OutputInstruction {
    private static let wish = "Answer with one JSON value and nothing else: no prose, no code fence."

    private static let word =
        "Answer with one word of those that this JSON Schema lists, as it stands there and nothing else:"

    static func text(for format: OutputFormat, schema: JSONNode?) -> JSONString {
        if case .word(let schema) = format {
            return JSONString(
                escaped: Array(JSONString(word + "\n").escaped) + JSONEscaping.escape(RawJSON(schema).bytes))
        }
        guard let schema else { return JSONString(wish) }
        var bytes = Array(JSONString(wish + " It must be valid against this JSON Schema:\n").escaped)
        bytes += JSONEscaping.escape(RawJSON(schema).bytes)
        return JSONString(escaped: bytes)
    }
}
