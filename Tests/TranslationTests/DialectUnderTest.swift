import Testing
import Translation

/// A dialect as the recorded cases see it: its name in file names, a request that says nothing special, the grammar of its
/// streams. A new dialect adds itself to `all`, and every recording is played into it.
struct DialectUnderTest: Sendable, CustomTestStringConvertible {
    /// Folder and file ending: `openai-chat`.
    var name: String
    var dialect: any ClientDialect
    /// A streaming request without anything special; see `RecordedRequest` for bodies that are no JSON.
    var plainRequest: String
    /// Throws if a stream of this dialect breaks its grammar.
    var check: @Sendable ([UInt8]) throws -> Void
    /// For dialects whose requests say something outside their body.
    var dialectForBody: (@Sendable ([UInt8]) -> any ClientDialect)?

    var testDescription: String { name }

    func dialect(for body: [UInt8]) -> any ClientDialect { dialectForBody?(body) ?? dialect }

    static let all: [DialectUnderTest] = [
        .openAIChat,
        .openAICompletions,
        .openAIResponses,
        .openAIImageGenerations,
        .openAIImageEdits,
        .openAIAudio,
        .cursor,
        .cursorInline,
        .cursorHide,
        .cursorRaw,
        .anthropic,
        .gemini,
        .geminiArray,
    ]

    static let openAIChat = DialectUnderTest(
        name: "openai-chat", dialect: OpenAIChat(),
        plainRequest: #"{"model":"gemini-3-flash","stream":true,"messages":[{"role":"user","content":"Hi"}]}"#,
        check: { bytes in
            var checker = ChatStreamChecker()
            try checker.check(bytes)
        })
}
