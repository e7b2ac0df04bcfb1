import JSON
import Testing

@testable import Translation

/// What a client hears while nothing comes. A sign of life in the wrong form is taken for an answer: data without choices makes
/// OpenAI's SDKs raise, and Google's take every line that is no data for JSON.
@Suite struct HeartbeatTests {
    private static let comment = ": ping\n\n"
    private static let event = "event: ping\ndata: {\"type\":\"ping\"}\n\n"

    /// Before the first event of the answer, and after it.
    private static let expected: [String: (before: String, after: String)] = [
        "anthropic": (comment, event), "gemini": ("", ""), "gemini-array": ("", ""),
    ]

    @Test(arguments: DialectUnderTest.all)
    func `a sign of life is a comment, but for those who know better or cannot bear it`(dialect: DialectUnderTest)
        throws
    {
        let path = try DialectPath(Array(dialect.plainRequest.utf8), as: dialect.dialect)
        var encoder = path.dialect.makeStreamEncoder(path.context(), for: path.request)
        let expected = Self.expected[dialect.name] ?? (Self.comment, Self.comment)
        #expect(String(decoding: encoder.heartbeat, as: UTF8.self) == expected.before)
        var bytes: [UInt8] = []
        encoder.encode(.text("a"), into: &bytes)
        #expect(String(decoding: encoder.heartbeat, as: UTF8.self) == expected.after)
    }
}
