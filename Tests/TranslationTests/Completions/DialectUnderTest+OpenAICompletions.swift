import Translation

extension DialectUnderTest {
    static let openAICompletions = DialectUnderTest(
        name: "openai-completions", dialect: OpenAICompletions(),
        plainRequest: #"{"model":"gemini-3-flash","stream":true,"prompt":"Hi"}"#,
        check: { bytes in
            var checker = CompletionsStreamChecker()
            try checker.check(bytes)
        })
}
