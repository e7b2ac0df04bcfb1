import JSON
import Testing

@testable import Sandbox

/// What the public Gemini API refuses beyond the rules that both APIs share.
@Suite struct PublicRulesTests {
    struct Row: CustomTestStringConvertible {
        /// Nil: it is served.
        var rule: String?
        var model = "gemini-3-flash-preview"
        var method = UpstreamCall.Method.generateContent
        var body: String
        var testDescription: String { "\(rule ?? "served"): \(body)" }
    }

    private static let hi = #""contents":[{"role":"user","parts":[{"text":"Hi"}]}]"#
    private static func with(_ member: String) -> String { "{\(hi),\(member)}" }
    private static func config(_ member: String) -> String { with(#""generationConfig":{\#(member)}"#) }
    private static func counted(_ member: String) -> String { #"{"generateContentRequest":{\#(hi)\#(member)}}"# }

    static let rows = [
        Row(body: "{\(hi)}"),
        Row(rule: "unknown-name", body: #"{"project":"p","request":{\#(hi)}}"#),
        Row(rule: "unknown-name", body: with(#""sessionId":"1""#)),
        Row(rule: "unknown-name", body: with(#""labels":{"a":"b"}"#)),
        Row(rule: "unknown-name", body: with(#""model":"gemini-3-flash-preview""#)),
        Row(rule: "unknown-name", body: config(#""audioTimestamp":true"#)),
        Row(rule: "unknown-name", body: with(#""tools":[{"googleSearch":{"includedDomains":["a.example"]}}]"#)),
        Row(rule: "unknown-name", body: with(#""tools":[{"googleSearch":{"enhancedContent":{}}}]"#)),
        Row(body: with(#""tools":[{"googleSearch":{}}]"#)),
        Row(body: with(#""cachedContent":"cachedContents/x""#)),
        Row(rule: "model-unknown", model: "claude-sonnet-4-5", body: "{\(hi)}"),
        Row(rule: "model-unknown", model: "gemini-3-pro-high", body: "{\(hi)}"),
        Row(rule: "model-unknown", model: "gemini-3-flash", body: "{\(hi)}"),
        Row(body: config(#""thinkingConfig":{"thinkingLevel":"medium"}"#)),
        Row(
            rule: "thinking-level", model: "gemini-3-pro-preview",
            body: config(#""thinkingConfig":{"thinkingLevel":"medium"}"#)),
        Row(
            rule: "thinking-level", model: "gemini-2.5-flash",
            body: config(#""thinkingConfig":{"thinkingLevel":"low"}"#)
        ),
        Row(
            rule: "thinking-both", body: config(#""thinkingConfig":{"thinkingLevel":"low","thinkingBudget":512}"#)),
        Row(model: "gemini-2.5-pro", body: config(#""thinkingConfig":{"thinkingBudget":32768}"#)),
        Row(
            rule: "thinking-budget", model: "gemini-2.5-pro",
            body: config(#""thinkingConfig":{"thinkingBudget":32769}"#)
        ),
        Row(method: .countTokens, body: "{\(hi)}"),
        Row(method: .countTokens, body: counted(#","model":"models/gemini-3-flash-preview""#)),
        Row(rule: "count-model", method: .countTokens, body: counted("")),
        Row(rule: "count-model", method: .countTokens, body: counted(#","model":"gemini-3-flash-preview""#)),
        Row(
            rule: "count-both", method: .countTokens,
            body: #"{\#(hi),"generateContentRequest":{\#(hi),"model":"models/gemini-3-flash-preview"}}"#),
        Row(rule: "unknown-name", method: .countTokens, body: #"{"request":{\#(hi)}}"#),
    ]

    @Test(arguments: rows)
    func `the public API takes the inner request and its own model names`(row: Row) {
        var rule: String?
        do throws(Refusal) {
            _ = try StrictValidator.readPublic(row.method, model: row.model, body: Array(row.body.utf8))
        } catch {
            rule = error.rule
        }
        check(rule, row.rule, row.body)
    }

    struct Embedding: CustomTestStringConvertible {
        var rule: String?
        var model = "gemini-embedding-001"
        var method = "embedContent"
        var body: String
        var testDescription: String { "\(rule ?? "served"): \(body.prefix(80))" }
    }

    private static let content = #""content":{"parts":[{"text":"Hi"}]}"#
    private static let named = #"{"model":"models/gemini-embedding-001",\#(content)}"#

    static let embeddings = [
        Embedding(body: "{\(content)}"), Embedding(body: named),
        Embedding(body: #"{\#(content),"taskType":"RETRIEVAL_DOCUMENT","title":"T","outputDimensionality":768}"#),
        Embedding(method: "batchEmbedContents", body: #"{"requests":[\#(named),\#(named)]}"#),
        Embedding(rule: "embed-model-unknown", model: "gemini-3-flash-preview", body: "{\(content)}"),
        Embedding(rule: "embed-model", body: #"{"model":"models/other",\#(content)}"#),
        Embedding(rule: "embed-model", method: "batchEmbedContents", body: #"{"requests":[{\#(content)}]}"#),
        Embedding(rule: "embed-count", method: "batchEmbedContents", body: #"{"requests":[]}"#),
        Embedding(
            rule: "embed-count", method: "batchEmbedContents",
            body: #"{"requests":[\#(Array(repeating: named, count: 101).joined(separator: ","))]}"#),
        Embedding(rule: "embed-content", body: "{}"),
        Embedding(rule: "embed-content", body: #"{"content":{"parts":[{"text":""}]}}"#),
        Embedding(rule: "embed-task", body: #"{\#(content),"taskType":"GUESSING"}"#),
        Embedding(rule: "embed-task", body: #"{\#(content),"title":"T"}"#),
        Embedding(rule: "embed-size", body: #"{\#(content),"outputDimensionality":4096}"#),
        Embedding(rule: "unknown-name", body: #"{\#(content),"input":"Hi"}"#),
    ]

    @Test(arguments: embeddings)
    func `embeddings are refused by their rules`(row: Embedding) {
        var rule: String?
        do throws(Refusal) {
            _ = try EmbeddingCall.read(row.method, model: row.model, body: Array(row.body.utf8))
        } catch {
            rule = error.rule
        }
        check(rule, row.rule, row.body)
    }

    /// Rules that have their cases here or in what asks the running service.
    static let rules = Set(EmbeddingCall.rules.map(\.name)).union(["key-missing", "count-both", "count-model", "page"])

    @Test func `a vector has length one, and the text alone decides it`() throws {
        func vector(_ text: String, _ size: Int) throws -> [Double] {
            let body = #"{"content":{"parts":[{"text":"\#(text)"}]},"outputDimensionality":\#(size)}"#
            let call = try EmbeddingCall.read("embedContent", model: "gemini-embedding-001", body: Array(body.utf8))
            return call.answer["embedding"]?["values"]?.array?.compactMap(\.double) ?? []
        }
        let one = try vector("Hi", 768)
        check(one.count, 768)
        check(abs(one.reduce(0) { $0 + $1 * $1 } - 1) < 1e-9, true, "length")
        check(try vector("Hi", 768), one)
        check(try vector("Ho", 768) == one, false)
    }
}
