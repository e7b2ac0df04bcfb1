import APIErrors
import JSON
import Testing

@testable import Translation

/// Random events in any order, also such as no upstream sends.
@Suite struct ResponsesStreamPropertyTests {
    static let requests = [
        #"{"model":"m\"1","input":"Hi"}"#,
        #"{"model":"m","input":"Hi","tools":[{"type":"web_search"}]}"#,
        #"""
        {"model":"m","input":"Hi","instructions":"\n\"","tools":[{"type":"function","name":"f\""},{"type":"custom","name":"c"},
        {"type":"local_shell"},{"type":"namespace","name":"n","tools":[{"type":"function","name":"f"}]}]}
        """#,
    ]

    @Test(arguments: requests)
    func `no sequence of events makes the stream break its grammar, and both forms say the same`(body: String) throws {
        let request = try OpenAIResponses().decode(try RequestBody(Array(body.utf8), contentType: nil))
        for seed in 0..<600 {
            var random = Seeded(UInt64(seed))
            var encoder = OpenAIResponses().makeStreamEncoder(context(request), for: request)
            var answer = OpenAIResponses().makeAnswerEncoder(context(request), for: request)
            var bytes: [UInt8] = []
            for step in 0..<random.below(14) {
                let event = Self.event(&random, step)
                encoder.encode(event, into: &bytes)
                answer.collect(event)
            }
            let fails = random.chance(20)
            if fails {
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
            var checker = ResponsesStreamChecker()
            do {
                try checker.check(bytes)
            } catch {
                Issue.record("seed \(seed): \(error)")
                return
            }
            let whole = try JSONValue(parsing: answer.finish())
            if !fails, whole != checker.last {
                Issue.record("seed \(seed): the whole answer differs from the end of the stream")
                return
            }
        }
    }

    private func context(_ request: GenerationRequest) -> AnswerContext {
        AnswerContext(id: "resp_1", created: 1, request: request, identifiers: Counting().next)
    }

    private static func event(_ random: inout Seeded, _ step: Int) -> GenerationEvent {
        switch random.below(13) {
        case 0: return .start
        case 1, 2: return .text(JSONString(random.pick(["a", "", "\"quoted\"\n", "👋"])))
        case 3, 4: return .thinking(JSONString(random.pick(["hm", "", "\\"])))
        case 5: return .thinkingSignature(JSONString(random.pick(["sig", "other"])))
        case 6: return .textSignature("sig")
        case 7, 8:
            let arguments = random.pick([
                #"{"a": "\n\""}"#, "{}", #"{"input":"é"}"#, #"{"command":["a",1],"env":{}}"#, #"{"command":"x"}"#,
                "[1]",
            ])
            return .toolCall(
                ToolCall(
                    id: "call_\(step)", name: random.pick(["f\"", "c", "local_shell", "n__f", "other"]),
                    arguments: RawJSON(bytes: Array(arguments.utf8)), signature: random.chance(50) ? "sig" : nil))
        case 9: return .media(Media(mimeType: "image/png", data: Base64Text(owned: Array("AAAA".utf8))))
        case 10: return .usage(TokenUsage(prompt: step, cached: 0, output: 1, reasoning: 0))
        case 11:
            var grounding = Grounding()
            grounding.queries = random.pick([[], ["q"], ["q\"", "r"]])
            grounding.sources = [.init(uri: "https://example.org/\"", title: "T")]
            grounding.supports = [.init(byteRange: random.below(3)..<(3 + random.below(9)), sourceIndices: [0, 5])]
            return .grounding(grounding)
        default:
            return .finished(
                random.pick([.stop, .outputLimit, .contentBlocked, .promptBlocked, .malformedCall, .other]))
        }
    }
}
