import Translation

extension DialectUnderTest {
    /// Asks for thinking, so that recordings with thoughts show where they go.
    static let anthropic = DialectUnderTest(
        name: "anthropic", dialect: Anthropic(),
        plainRequest: #"""
            {"model":"gemini-3-flash","stream":true,"max_tokens":16000,"thinking":{"type":"enabled","budget_tokens":4096},
            "messages":[{"role":"user","content":"Hi"}]}
            """#,
        check: { bytes in
            var checker = MessagesStreamChecker()
            try checker.check(bytes)
        })
}
