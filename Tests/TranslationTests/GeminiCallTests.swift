import Testing
import Translation

@Suite struct GeminiCallTests {
    struct Row: CustomTestStringConvertible {
        var path: String
        var alt: String?
        var model: String?
        var action: GeminiCall.Action = .generate
        var testDescription: String { path }
    }

    static let rows = [
        Row(path: "gemini-3-flash:generateContent", model: "gemini-3-flash"),
        Row(path: "gemini-3-flash", model: "gemini-3-flash"),
        Row(path: "models/gemini-3-flash:generateContent", model: "models/gemini-3-flash"),
        Row(path: "a/b:c:generateContent", model: "a/b:c"),
        Row(path: "m:streamGenerateContent", model: "m", action: .stream(.array)),
        Row(path: "m:streamGenerateContent", alt: "json", model: "m", action: .stream(.array)),
        Row(path: "m:streamGenerateContent", alt: "sse", model: "m", action: .stream(.events)),
        Row(path: "m:countTokens", model: "m", action: .countTokens),
        Row(path: "m/countTokens", model: "m", action: .countTokens),
        Row(path: "m:embedContent", model: "m", action: .passThrough("embedContent")),
        Row(path: "m:batchEmbedContents", model: "m", action: .passThrough("batchEmbedContents")),
        Row(path: "m:predict", model: "m", action: .passThrough("predict")),
        Row(path: "m:generatecontent"), Row(path: "m:"), Row(path: ":generateContent"), Row(path: "/countTokens"),
        Row(path: ""),
    ]

    @Test(arguments: rows)
    func `the action stands behind the last colon`(row: Row) {
        let call = GeminiCall(path: row.path, alt: row.alt)
        #expect(call?.model == row.model)
        if row.model != nil { #expect(call?.action == row.action) }
    }
}
