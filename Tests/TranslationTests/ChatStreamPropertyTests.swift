import APIErrors
import JSON
import Testing

@testable import Translation

@Suite struct ChatStreamPropertyTests {
    @Test(arguments: [false, true], [1, 3])
    func `no sequence of events makes the stream break its grammar`(includesUsage: Bool, choices: Int) throws {
        for seed in 0..<600 {
            var random = Seeded(UInt64(seed))
            var request = GenerationRequest(clientModel: "m\"1")
            request.includesUsage = includesUsage
            request.choiceCount = choices
            let context = AnswerContext(
                id: "chatcmpl-1", created: 1, request: request, identifiers: { String(repeating: "x", count: $0) })
            var encoder = OpenAIChat().makeStreamEncoder(context, for: request)
            var answer = OpenAIChat().makeAnswerEncoder(context, for: request)
            var bytes: [UInt8] = []
            var shown: [Int: String] = [:]
            for step in 0..<random.below(14) {
                let choice = random.below(choices)
                let event = Self.event(&random, step)
                if case .text(let text) = event { shown[choice, default: ""] += text.decoded }
                encoder.encode(event, choice: choice, into: &bytes)
                answer.collect(event, choice: choice)
            }
            if random.chance(20) {
                encoder.fail(APIFailure(.upstreamError), requestID: "r", into: &bytes)
            } else {
                encoder.finish(into: &bytes)
            }
            // Whatever comes after the end is dropped.
            let end = bytes.count
            encoder.encode(.text("late"), into: &bytes)
            encoder.finish(into: &bytes)
            encoder.fail(APIFailure(.upstreamError), requestID: "r", into: &bytes)
            #expect(bytes.count == end)
            var checker = ChatStreamChecker()
            do {
                try checker.check(bytes, wantsUsage: includesUsage)
            } catch {
                Issue.record("seed \(seed): \(error)")
                return
            }
            let whole = try JSONValue(parsing: answer.finish())
            #expect(whole["choices"]?.array?.count == choices)
            for (index, choice) in (whole["choices"]?.array ?? []).enumerated() {
                let content = choice["message"]?["content"]?.string ?? ""
                let missesText = shown[index].map { !$0.isEmpty && content.isEmpty } ?? false
                #expect(!missesText)
                #expect(choice["message"]?["tool_calls"]?.array?.isEmpty != true)
            }
        }
    }

    private static func event(_ random: inout Seeded, _ step: Int) -> GenerationEvent {
        switch random.below(13) {
        case 0: .start
        case 1, 2: .text(JSONString(random.pick(["a", "", "\"quoted\"\n", "👋"])))
        case 3, 4: .thinking(JSONString(random.pick(["hm", "", "\\"])))
        case 5: .thinkingSignature("sig")
        case 6: .textSignature("sig")
        case 7, 8:
            .toolCall(
                ToolCall(
                    id: "call_\(step)", name: "f\"", arguments: RawJSON(bytes: Array("{\"a\": \"\\n\\\"\"}".utf8)),
                    signature: random.chance(50) ? "sig" : nil))
        case 9: .media(Media(mimeType: "image/png", data: Base64Text(owned: Array("AAAA".utf8))))
        case 11: .logprobs(TokenLogprobs([.init(chosen: .init(token: "a", logprob: "-1"), top: [])]))
        case 10: .usage(TokenUsage(prompt: step, cached: 0, output: 1, reasoning: 0))
        default: .finished(random.pick([.stop, .outputLimit, .contentBlocked, .promptBlocked, .malformedCall, .other]))
        }
    }

    @Test func `broken upstream payloads give events or an error, never a trap`() throws {
        let payload =
            #"{"response":{"candidates":[{"content":{"role":"model","parts":[{"text":"a","thought":true,"thoughtSignature":"s"},{"functionCall":{"name":"f","args":{"a":1},"id":"i"}},{"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"executableCode":{"code":"x"}}]},"finishReason":"STOP","groundingMetadata":{"groundingChunks":[{"web":{"uri":"u","title":"t"}}],"groundingSupports":[{"segment":{"startIndex":1,"endIndex":3},"groundingChunkIndices":[0]}]}}],"usageMetadata":{"promptTokenCount":5,"totalTokenCount":9}},"promptFeedback":{"blockReason":"X"}}"#
        let whole = try JSONValue(parsing: Array(payload.utf8))
        let vocabulary = [
            "response", "candidates", "parts", "text", "functionCall", "args", "error", "finishReason", "STOP",
            "segment", "endIndex",
        ]
        var random = Seeded(11)
        for _ in 0..<4000 {
            var mutated = whole
            for _ in 0...random.below(4) { mutated = random.mutated(mutated, vocabulary: vocabulary) }
            var path = try DialectPath(Array(DialectUnderTest.openAIChat.plainRequest.utf8))
            var decoder = path.decoder()
            var events: [GenerationEvent] = []
            try? decoder.decode(mutated.serialized, into: &events)
            decoder.finish(into: &events)
            var encoder = path.dialect.makeStreamEncoder(path.context(), for: path.request)
            var answer = path.dialect.makeAnswerEncoder(path.context(), for: path.request)
            var bytes: [UInt8] = []
            for event in events {
                encoder.encode(event, into: &bytes)
                answer.collect(event)
            }
            encoder.finish(into: &bytes)
            var checker = ChatStreamChecker()
            try checker.check(bytes)
            _ = try JSONValue(parsing: answer.finish())
        }
    }
}
