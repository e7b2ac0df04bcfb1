import APIErrors
import JSON
import Testing

@testable import Translation

@Suite struct CompletionsTests {
    static let refusals: [(body: String, param: String)] = [
        (#"{"prompt":"Hi"}"#, "model"), (#"{"model":"m"}"#, "prompt"), (#"{"model":"m","prompt":null}"#, "prompt"),
        (#"{"model":"m","prompt":""}"#, "prompt"), (#"{"model":"m","prompt":7}"#, "prompt"),
        (#"{"model":"m","prompt":[]}"#, "prompt"), (#"{"model":"m","prompt":[1,2]}"#, "prompt[0]"),
        (#"{"model":"m","prompt":["a",[1]]}"#, "prompt[1]"), (#"{"model":"m","prompt":["a",""]}"#, "prompt[1]"),
        (#"{"model":"m","prompt":"a","n":0}"#, "n"), (#"{"model":"m","prompt":"a","n":9}"#, "n"),
        (#"{"model":"m","prompt":["a","b","c","d","e"],"n":8}"#, "n"),
        (#"{"model":"m","prompt":"a","echo":1}"#, "echo"),
        (#"{"model":"m","prompt":"a","max_tokens":0}"#, "max_tokens"),
        (#"{"model":"m","prompt":"a","stream_options":1}"#, "stream_options"),
    ]

    @Test(arguments: refusals)
    func `a refusal is a 400 that names the offending member`(body: String, param: String) throws {
        let failure = #expect(throws: APIFailure.self) {
            try OpenAICompletions().decode(try RequestBody(Array(body.utf8), contentType: nil))
        }
        #expect(failure?.status(in: .openAI) == 400 && failure?.param == param)
    }

    @Test func `each prompt is a conversation of its own, its answers side by side`() throws {
        let path = try DialectPath(
            ["model": "gemini-3-flash", "prompt": ["a", "b", "c"], "n": 2], as: OpenAICompletions())
        #expect(path.request.choiceCount == 6)
        let texts = try (0..<6).map { choice -> JSONValue? in
            var codec = CodeAssistCodec()
            let body = try codec.encodeRequest(path.request.forChoice(choice), target: path.target)
            let contents = try JSONValue(parsing: body)["request"]?["contents"]?.array
            #expect(contents?.count == 1)
            return contents?[0]["parts"]?.array?[0]["text"]
        }
        #expect(texts == ["a", "a", "b", "b", "c", "c"])
    }

    @Test(arguments: [false, true], [false, true])
    func `no sequence of events makes the stream break its grammar, and both forms say the same`(
        includesUsage: Bool, echo: Bool
    ) throws {
        let body: JSONValue = [
            "model": "m\"1", "prompt": ["p\"1", "p2"], "n": 2, "echo": .bool(echo),
            "stream_options": ["include_usage": .bool(includesUsage)],
        ]
        let request = try DialectPath(body, as: OpenAICompletions()).request
        for seed in 0..<400 {
            var random = Seeded(UInt64(seed))
            let context = AnswerContext(id: "cmpl-1", created: 1, request: request, identifiers: Counting().next)
            var encoder = OpenAICompletions().makeStreamEncoder(context, for: request)
            var answer = OpenAICompletions().makeAnswerEncoder(context, for: request)
            var bytes: [UInt8] = []
            for step in 0..<random.below(16) {
                let choice = random.below(4)
                let event = Self.event(&random, step)
                encoder.encode(event, choice: choice, into: &bytes)
                answer.collect(event, choice: choice)
            }
            let fails = random.chance(20)
            if fails {
                encoder.fail(APIFailure(.upstreamError), requestID: "r", into: &bytes)
            } else {
                encoder.finish(into: &bytes)
            }
            let end = bytes.count
            encoder.encode(.text("late"), choice: 0, into: &bytes)
            encoder.finish(into: &bytes)
            #expect(bytes.count == end)
            var checker = CompletionsStreamChecker()
            try checker.check(bytes, choices: 4, wantsUsage: includesUsage)
            #expect(checker.hasFailed == fails)
            guard !fails else { continue }
            let whole = try JSONValue(parsing: answer.finish())
            for (index, choice) in (whole["choices"]?.array ?? []).enumerated() {
                #expect(choice["text"]?.string == checker.texts[index] && choice["index"] == .int(index))
                #expect(choice["finish_reason"]?.string == checker.finishes[index])
                #expect(!echo || checker.texts[index]?.hasPrefix(index < 2 ? "p\"1" : "p2") == true)
            }
            if includesUsage { #expect(whole["usage"] == checker.usage) }
        }
    }

    @Test func `what a prompt cost counts once for all its answers`() throws {
        let request = try DialectPath(["model": "m", "prompt": ["a", "b"], "n": 2], as: OpenAICompletions()).request
        let context = AnswerContext(id: "cmpl-1", created: 1, request: request, identifiers: Counting().next)
        var answer = OpenAICompletions().makeAnswerEncoder(context, for: request)
        for choice in 0..<4 {
            answer.collect(
                .usage(TokenUsage(prompt: choice < 2 ? 10 : 20, cached: 1, output: 3, reasoning: 2)), choice: choice)
        }
        let usage = try JSONValue(parsing: answer.finish())["usage"]
        #expect(usage?["prompt_tokens"] == 30 && usage?["completion_tokens"] == 12 && usage?["total_tokens"] == 42)
        #expect(usage?["prompt_tokens_details"]?["cached_tokens"] == 2)
        #expect(usage?["completion_tokens_details"]?["reasoning_tokens"] == 8)
    }

    private static func event(_ random: inout Seeded, _ step: Int) -> GenerationEvent {
        switch random.below(8) {
        case 0: .start
        case 1, 2: .text(JSONString(random.pick(["a", "", "\"quoted\"\n", "👋"])))
        case 3: .thinking("hm")
        case 4: .media(Media(mimeType: "image/png", data: Base64Text(owned: Array("AAAA".utf8))))
        case 5: .usage(TokenUsage(prompt: step, cached: 0, output: 1, reasoning: 0))
        case 6: .toolCall(ToolCall(id: "c", name: "f", arguments: .emptyObject))
        default: .finished(random.pick([.stop, .outputLimit, .contentBlocked, .promptBlocked, .other]))
        }
    }
}
