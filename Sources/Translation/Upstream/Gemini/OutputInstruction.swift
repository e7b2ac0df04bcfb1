import JSON

/// Asks in words for what a model has no switch for: an answer in JSON.
enum OutputInstruction {
    private static let wish = "Answer with one JSON value and nothing else: no prose, no code fence."

    static func text(schema: JSONNode?) -> JSONString {
        guard let schema else { return JSONString(wish) }
        var bytes = JSONString(wish + " It must be valid against this JSON Schema:\n").escaped
        bytes += JSONEscaping.escape(RawJSON(schema).bytes)
        return JSONString(escaped: bytes)
    }
}
