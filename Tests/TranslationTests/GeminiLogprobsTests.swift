import JSON
import Testing

@testable import Translation

/// Log probabilities of Google's own clients, which most models refuse.
@Suite struct GeminiLogprobsTests {
    private func path(wanted: JSONValue, models: [String]) throws -> DialectPath {
        var path = try DialectPath(
            [
                "contents": "Hi", "generationConfig": ["response_logprobs": true, "logprobs": wanted],
            ], as: DialectUnderTest.gemini.dialect)
        path.target.settings.logprobsModels = models.map { ModelPattern($0) }
        return path
    }

    @Test(
        arguments: [
            ([], 3, nil), (["gemini-2*"], 3, nil), (["gemini-3-flash"], 3, 3), (["*"], 99, 20), (["*"], "many", 0),
        ] as [([String], JSONValue, Int?)])
    func `they are asked of the models that are named`(models: [String], wanted: JSONValue, sent: Int?) throws {
        var path = try path(wanted: wanted, models: models)
        let config = try path.inner()["generationConfig"]
        #expect(config?["responseLogprobs"] == (sent == nil ? nil : true))
        #expect(config?["logprobs"] == sent.flatMap { $0 == 0 ? nil : .int($0) })
    }

    @Test func `a whole answer has those of all its events, a stream those of each`() throws {
        let results = [
            #"{"chosenCandidates":[{"token":"a","logProbability":-0.5}],"topCandidates":[{"candidates":[]}]}"#,
            #"{"chosenCandidates":[{"token":"b","logProbability":-1e-3}],"topCandidates":[{"candidates":[]}],"logProbabilitySum":-2}"#,
        ]
        let payloads = zip(["a", "b"], results).map { text, result in
            #"{"response":{"candidates":[{"content":{"role":"model","parts":[{"text":"\#(text)"}]},"logprobsResult":\#(result)}]}}"#
        }
        var path = try path(wanted: 1, models: ["*"])
        let whole = try path.answer(payloads)["candidates"]?.array?.first?["logprobsResult"]
        #expect(whole?["chosenCandidates"]?.array?.map { $0["token"] } == ["a", "b"])
        #expect(whole?["topCandidates"]?.array?.count == 2 && whole?["logProbabilitySum"] == -2)
        let pieces = try GeminiStreamChecker.events(Array(path.stream(payloads).utf8))
        let streamed = pieces.map { $0["candidates"]?.array?.first?["logprobsResult"] }
        #expect(streamed == (try results.map { try JSONValue(parsing: Array($0.utf8)) }))
    }
}
