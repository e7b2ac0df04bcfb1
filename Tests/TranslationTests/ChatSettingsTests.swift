import JSON
import Testing

@testable import Translation

/// What the operator's settings change in chat requests and answers.
@Suite struct ChatSettingsTests {
    private static let penalized: JSONValue = [
        "model": "gemini-3-flash", "messages": [["role": "user", "content": "Hi"]], "presence_penalty": 0.5,
        "frequency_penalty": -9,
    ]

    @Test(arguments: [
        ([], false), (["gemini-3-flash"], true), (["gemini-3-*"], true), (["gemini-2*", "claude*"], false),
    ])
    func `penalties go to the models that are named, within the upstream's bounds`(models: [String], isSent: Bool)
        throws
    {
        var path = try DialectPath(Self.penalized)
        path.target.settings.penaltyModels = models.map { ModelPattern($0) }
        let config = try path.inner()["generationConfig"]
        #expect(config?["presencePenalty"] == (isSent ? 0.5 : nil))
        #expect(config?["frequencyPenalty"] == (isSent ? -2 : nil))
    }

    @Test func `a penalty that is no number is dropped like any other`() throws {
        var body = Self.penalized
        body["presence_penalty"] = "much"
        var path = try DialectPath(body)
        path.target.settings.penaltyModels = [ModelPattern("*")]
        #expect(try path.inner()["generationConfig"] == ["frequencyPenalty": -2])
    }

    @Test(
        arguments: [([], 3, nil), (["gemini-3-flash"], 3, 3), (["*"], 99, 20), (["*"], 0, 0)] as [([String], Int, Int?)]
    )
    func `log probabilities are asked of the models that are named`(models: [String], wanted: Int, sent: Int?) throws {
        var path = try DialectPath([
            "model": "gemini-3-flash", "messages": [["role": "user", "content": "Hi"]], "logprobs": true,
            "top_logprobs": .int(wanted),
        ])
        path.target.settings.logprobsModels = models.map { ModelPattern($0) }
        let config = try path.inner()["generationConfig"]
        #expect(config?["responseLogprobs"] == (sent == nil ? nil : true))
        #expect(config?["logprobs"] == sent.flatMap { $0 == 0 ? nil : .int($0) })
    }

    @Test func `log probabilities come back with the text, as OpenAI writes them`() throws {
        let payloads = [
            #"{"response":{"candidates":[{"content":{"parts":[{"text":"é!"}]},"logprobsResult":{"chosenCandidates":[{"token":"é","tokenId":1,"logProbability":-0.25},{"token":"!"}],"topCandidates":[{"candidates":[{"token":"é","logProbability":-0.25},{"token":"e","logProbability":-2}]}]}}]}}"#,
            #"{"response":{"candidates":[{"content":{"parts":[{"text":" ok"}]},"logprobsResult":{"chosenCandidates":[{"token":" ok","logProbability":-1e-3}]},"finishReason":"STOP"}]}}"#,
        ]
        let first: JSONValue = [
            "token": "é", "logprob": -0.25, "bytes": [195, 169],
            "top_logprobs": [
                ["token": "é", "logprob": -0.25, "bytes": [195, 169]], ["token": "e", "logprob": -2, "bytes": [101]],
            ],
        ]
        let second: JSONValue = ["token": "!", "logprob": 0, "bytes": [33], "top_logprobs": []]
        let third: JSONValue = [
            "token": " ok", "logprob": .number("-1e-3"), "bytes": [32, 111, 107], "top_logprobs": [],
        ]
        var path = try DialectPath(["model": "gemini-3-flash", "messages": [["role": "user", "content": "Hi"]]])
        let choice = try path.answer(payloads)["choices"]?.array?.first
        #expect(choice?["logprobs"] == ["content": [first, second, third], "refusal": .null])
        let stream = try path.stream(payloads)
        var checker = ChatStreamChecker()
        try checker.check(Array(stream.utf8))
        #expect(checker.text == "é! ok")
        let found = try stream.split(separator: "\n\n").dropLast().flatMap { event in
            let chunk = try JSONValue(parsing: Array(event.utf8.dropFirst(6)))
            return chunk["choices"]?.array?.first?["logprobs"]?["content"]?.array ?? []
        }
        #expect(found == [first, second, third])
    }

    @Test func `sources are listed behind the text, each once, and citations stay where they are`() throws {
        let payloads = [
            #"{"response":{"candidates":[{"content":{"parts":[{"text":"Cited."}]},"finishReason":"STOP","groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a","title":"A \"1\""}},{"web":{"uri":"https://a","title":"again"}},{"web":{"uri":"https://b"}},{"web":{}}],"groundingSupports":[{"segment":{"endIndex":5},"groundingChunkIndices":[0]}]}}]}}"#
        ]
        let list = "Cited.\n\n1. A \"1\": https://a\n2. https://b"
        var path = try DialectPath(["model": "gpt-4o-online", "messages": [["role": "user", "content": "Hi"]]])
        let events = try path.events(payloads)
        var context = path.context()
        context.appendsSources = true
        var answer = path.dialect.makeAnswerEncoder(context, for: path.request)
        var stream = path.dialect.makeStreamEncoder(context, for: path.request)
        var bytes: [UInt8] = []
        for event in events {
            answer.collect(event)
            stream.encode(event, into: &bytes)
        }
        stream.finish(into: &bytes)
        let message = try JSONValue(parsing: answer.finish())["choices"]?.array?.first?["message"]
        #expect(message?["content"] == .string(list))
        #expect(message?["annotations"]?.array?.first?["url_citation"]?["end_index"] == 5)
        var checker = ChatStreamChecker()
        try checker.check(bytes)
        #expect(checker.text == list)
        #expect(String(decoding: bytes, as: UTF8.self).contains(#""end_index":5"#))
        #expect(try path.answer(payloads)["choices"]?.array?.first?["message"]?["content"] == "Cited.")
    }

    @Test(
        arguments: [
            ("auto", TranslationSettings.ThinkingBudgetMode.auto), ("passthrough", .passthrough),
            ("custom:0", .custom(0)),
            ("custom:512", .custom(512)), ("custom:", nil), ("custom:-1", nil), ("custom:x", nil), ("", nil),
            ("Auto", nil),
        ] as [(String, TranslationSettings.ThinkingBudgetMode?)])
    func `a budget mode is one of its words`(word: String, mode: TranslationSettings.ThinkingBudgetMode?) {
        #expect(TranslationSettings.thinkingBudgetMode(word: word) == mode)
    }
}
