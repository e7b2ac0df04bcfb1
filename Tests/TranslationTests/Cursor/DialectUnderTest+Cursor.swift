import Translation

extension DialectUnderTest {
    /// With the display that is usual.
    static let cursor = shown(.thinkTags, as: "cursor") { try CursorStreamChecker.check($0) }

    static let cursorInline = shown(.inline, as: "cursor-inline") { try checkThinkingIsNeverApart($0) }
    static let cursorHide = shown(.hide, as: "cursor-hide") { try checkThinkingIsNeverApart($0) }
    static let cursorRaw = shown(.raw, as: "cursor-raw") { bytes in
        var checker = ChatStreamChecker()
        try checker.check(bytes)
    }

    private static func shown(
        _ display: ReasoningDisplay, as name: String, check: @escaping @Sendable ([UInt8]) throws -> Void
    ) -> DialectUnderTest {
        DialectUnderTest(
            name: name, dialect: Cursor(display),
            plainRequest: #"{"model":"gemini-3-flash","stream":true,"messages":[{"role":"user","content":"Hi"}]}"#,
            check: check)
    }

    private static func checkThinkingIsNeverApart(_ bytes: [UInt8]) throws {
        var checker = ChatStreamChecker()
        try checker.check(bytes)
        guard checker.thinking.isEmpty else { throw ChatStreamChecker.Violation(what: "thinking apart from the text") }
    }
}

/// The grammar of a Cursor stream: that of a chat stream, thinking never apart, and every `<think>` closed before the next one,
/// before a call and before the end.
enum CursorStreamChecker {
    static func check(_ stream: [UInt8], wantsUsage: Bool? = nil) throws {
        var checker = ChatStreamChecker()
        try checker.check(stream, wantsUsage: wantsUsage)
        guard checker.thinking.isEmpty else { throw ChatStreamChecker.Violation(what: "thinking apart from the text") }
        guard !checker.hasFailed else { return }
        for text in checker.texts.values {
            var isOpen = false
            var rest = Substring(text)
            while let tag = rest.firstMatch(of: #/<think>\n|\n</think>\n/#) {
                guard (tag.output == "<think>\n") != isOpen else {
                    throw ChatStreamChecker.Violation(what: "tags do not alternate: \(text)")
                }
                isOpen.toggle()
                rest = rest[tag.range.upperBound...]
            }
            if isOpen { throw ChatStreamChecker.Violation(what: "a tag is left open: \(text)") }
        }
        if checker.hasOpenThoughtBeforeCall { throw ChatStreamChecker.Violation(what: "a call within a thought") }
    }
}
