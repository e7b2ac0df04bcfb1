import JSON
import Translation

extension DialectUnderTest {
    static let gemini = gemini(name: "gemini", framing: .events) { _ = try GeminiStreamChecker.events($0) }
    static let geminiArray = gemini(name: "gemini-array", framing: .array) { _ = try GeminiStreamChecker.array($0) }

    /// The model, which the client writes into the path, stands in `model` of recorded bodies.
    private static func gemini(
        name: String, framing: GeminiFraming, check: @escaping @Sendable ([UInt8]) throws -> Void
    ) -> DialectUnderTest {
        DialectUnderTest(
            name: name, dialect: GeminiNative(model: "gemini-3-flash", framing: framing),
            plainRequest:
                #"{"contents":[{"role":"user","parts":[{"text":"Hi"}]}],"generationConfig":{"thinkingConfig":{"includeThoughts":true}}}"#,
            check: check,
            dialectForBody: { body in
                let model = (try? JSONValue(parsing: body))?["model"]?.string
                return GeminiNative(model: model ?? "gemini-3-flash", framing: framing)
            })
    }
}
