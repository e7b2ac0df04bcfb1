import Translation

extension DialectUnderTest {
    static let openAIResponses = DialectUnderTest(
        name: "openai-responses", dialect: OpenAIResponses(),
        plainRequest: #"{"model":"gemini-3-flash","stream":true,"input":"Hi"}"#,
        check: { bytes in
            var checker = ResponsesStreamChecker()
            try checker.check(bytes)
        })
}
