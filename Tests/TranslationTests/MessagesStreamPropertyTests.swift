import APIErrors
import JSON
import Testing

@testable import Translation

@Suite struct MessagesStreamPropertyTests {
    /// Requests whose answers differ in form: nothing shown of thoughts, all, the signatures alone, a web search.
    static let requests: [String] = [
        #"{"model":"gemini-3-flash","messages":[{"role":"user","content":"Hi"}]}"#,
        #"{"model":"gemini-3-flash","thinking":{"type":"adaptive"},"messages":[{"role":"user","content":"Hi"}]}"#,
        #"{"model":"gemini-3-flash","thinking":{"type":"adaptive","display":"omitted"},"messages":[{"role":"user","content":"Hi"}]}"#,
        #"{"model":"gemini-3-flash","thinking":{"type":"adaptive"},"tools":[{"type":"web_search_20250305","name":"web_search"}],"messages":[{"role":"user","content":"Hi"}]}"#,
    ]

    @Test(arguments: requests)
    func `no sequence of events makes the stream break its grammar, and the whole answer says the same`(
        request: String
    ) throws {
        for seed in 0..<400 {
            var random = Seeded(UInt64(seed))
            let path = try DialectPath(Array(request.utf8), as: Anthropic())
            var encoder = path.dialect.makeStreamEncoder(path.context(), for: path.request)
            var answer = path.dialect.makeAnswerEncoder(path.context(), for: path.request)
            var bytes: [UInt8] = []
            var said = ""
            for step in 0..<random.below(14) {
                let event = Self.event(&random, step)
                if case .text(let text) = event { said += text.decoded }
                encoder.encode(event, into: &bytes)
                answer.collect(event)
                if random.chance(20) { bytes += encoder.heartbeat }
            }
            let isBroken = random.chance(20)
            if isBroken {
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
            var checker = MessagesStreamChecker()
            do {
                try checker.check(bytes)
                guard !isBroken else { continue }
                try compare(checker, try JSONValue(parsing: answer.finish()))
                let text = checker.blocks.filter { $0.type == "text" }.map(\.content).joined()
                #expect(withoutPictures(text) == said)
            } catch {
                Issue.record("seed \(seed): \(error)")
                return
            }
        }
    }

    private func compare(_ stream: MessagesStreamChecker, _ whole: JSONValue) throws {
        var blocks = stream.blocks
        // A stream has at least one block.
        if blocks.map(\.type) == ["text"], blocks[0].content.isEmpty { blocks = [] }
        let content = whole["content"]?.array ?? []
        guard content.map({ $0["type"]?.string }) == blocks.map(\.type) else {
            throw MessagesStreamChecker.Violation(what: "other blocks: \(whole) for \(blocks)")
        }
        for (block, other) in zip(blocks, content) {
            let isSame =
                switch block.type {
                case "text":
                    other["text"]?.string == block.content && (other["citations"]?.array ?? []) == block.citations
                case "thinking":
                    other["thinking"]?.string == block.content && other["signature"]?.string == block.signature ?? ""
                case "web_search_tool_result": other == block.start
                default:
                    try other["input"] == JSONValue(parsing: Array(block.content.utf8))
                        && other["name"]?.string == block.name && other["id"]?.string == block.id
                }
            guard isSame else { throw MessagesStreamChecker.Violation(what: "\(other) is not \(block)") }
        }
        guard whole["stop_reason"]?.string == stream.stopReason else {
            throw MessagesStreamChecker.Violation(what: "other stop reason")
        }
        for member in stream.usage?.object?.members ?? [] {
            guard whole["usage"]?[member.name] == member.value else {
                throw MessagesStreamChecker.Violation(what: "other \(member.name)")
            }
        }
    }

    private func withoutPictures(_ text: String) -> String {
        let picture = "![image](data:image/png;base64,AAAA)\n"
        return text.replacing("\n\n" + picture, with: "").replacing(picture, with: "")
    }

    private static func event(_ random: inout Seeded, _ step: Int) -> GenerationEvent {
        switch random.below(14) {
        case 0: return .start
        case 1, 2: return .text(JSONString(random.pick(["a", "", "\"quoted\" ", "👋 ü", "Köln"])))
        case 3, 4: return .thinking(JSONString(random.pick(["hm", "", "\\"])))
        case 5, 6: return .thinkingSignature(random.pick(["sig", "", "other"]))
        case 7: return .textSignature("sig")
        case 8, 9:
            return .toolCall(
                ToolCall(
                    id: "toolu_\(step)", name: "f\"",
                    arguments: RawJSON(bytes: Array(random.pick(["{}", "{\"a\": \"\\n\\\"\"}"]).utf8)),
                    signature: random.chance(50) ? "sig" : nil))
        case 10: return .media(Media(mimeType: "image/png", data: Base64Text(owned: Array("AAAA".utf8))))
        case 11: return .usage(TokenUsage(prompt: step, cached: 0, output: 1, reasoning: random.below(2)))
        case 12: return .grounding(grounding(&random))
        default:
            return .finished(random.pick([.stop, .outputLimit, .contentBlocked, .promptBlocked, .malformedCall]))
        }
    }

    private static func grounding(_ random: inout Seeded) -> Grounding {
        var grounding = Grounding()
        grounding.queries = random.chance(50) ? ["q\""] : []
        for index in 0..<random.below(3) {
            let uri = random.chance(80) ? "https://example.org/\(index)" : ""
            grounding.sources.append(.init(uri: uri, title: "T"))
        }
        for _ in 0..<random.below(4) {
            let start = random.below(12)
            grounding.supports.append(
                .init(
                    byteRange: start..<(start + random.below(9)),
                    sourceIndices: [random.below(4) - 1, random.below(3)]))
        }
        return grounding
    }

    @Test func `broken upstream payloads give events or an error, never a trap`() throws {
        let payload =
            #"{"response":{"candidates":[{"content":{"role":"model","parts":[{"text":"a","thought":true,"thoughtSignature":"s"},{"text":"ü","thoughtSignature":"t"},{"functionCall":{"name":"f","args":{"a":1},"id":"i"}},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]},"finishReason":"STOP","groundingMetadata":{"webSearchQueries":["q"],"groundingChunks":[{"web":{"uri":"u","title":"t"}}],"groundingSupports":[{"segment":{"startIndex":1,"endIndex":3},"groundingChunkIndices":[0]}]}}],"usageMetadata":{"promptTokenCount":5,"totalTokenCount":9}}}"#
        let whole = try JSONValue(parsing: Array(payload.utf8))
        let vocabulary = ["candidates", "parts", "text", "thought", "functionCall", "args", "finishReason", "endIndex"]
        var random = Seeded(12)
        for round in 0..<3000 {
            var mutated = whole
            for _ in 0...random.below(4) { mutated = random.mutated(mutated, vocabulary: vocabulary) }
            var path = try DialectPath(Array(Self.requests[round % Self.requests.count].utf8), as: Anthropic())
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
            var checker = MessagesStreamChecker()
            try checker.check(bytes)
            try compare(checker, try JSONValue(parsing: answer.finish()))
        }
    }

    @Test func `a sign of life is a comment before the message and an event within it`() throws {
        let path = try DialectPath(Array(Self.requests[0].utf8), as: Anthropic())
        var encoder = path.dialect.makeStreamEncoder(path.context(), for: path.request)
        #expect(encoder.heartbeat == Array(": ping\n\n".utf8))
        var bytes: [UInt8] = []
        encoder.encode(.start, into: &bytes)
        #expect(bytes.isEmpty)
        encoder.encode(.text("a"), into: &bytes)
        #expect(encoder.heartbeat == Array("event: ping\ndata: {\"type\":\"ping\"}\n\n".utf8))
    }

    @Test func `a search that is still being written out begins the message at once`() throws {
        let path = try DialectPath(Array(Self.requests[3].utf8), as: Anthropic())
        var encoder = path.dialect.makeStreamEncoder(path.context(), for: path.request)
        var bytes: [UInt8] = []
        encoder.encode(.text("Held back"), into: &bytes)
        let begun = String(decoding: bytes, as: UTF8.self)
        #expect(begun.hasPrefix("event: message_start\n"))
        #expect(!begun.contains("Held back"))
    }
}
