import APIErrors
import JSON
import Testing

@testable import Translation

@Suite struct GeminiStreamPropertyTests {
    @Test(arguments: [GeminiFraming.events, .array], [1, 3])
    func `no sequence of events makes the stream break its grammar`(framing: GeminiFraming, choices: Int) throws {
        for seed in 0..<400 {
            var random = Seeded(UInt64(seed))
            var request = GenerationRequest(clientModel: "m")
            request.choiceCount = choices
            let dialect = GeminiNative(model: "m", framing: framing)
            let context = AnswerContext(id: "", created: 1, request: request, identifiers: { _ in "x" })
            var encoder = dialect.makeStreamEncoder(context, for: request)
            #expect(encoder.heartbeat.isEmpty)
            var bytes: [UInt8] = []
            var sent = 0
            for step in 0..<random.below(10) {
                let event = Self.event(&random, step)
                if case .payload = event { sent += 1 }
                encoder.encode(event, choice: random.below(choices), into: &bytes)
            }
            let fails = random.chance(30)
            if fails {
                encoder.fail(APIFailure(.upstreamError), requestID: "r", into: &bytes)
            } else {
                encoder.finish(into: &bytes)
            }
            // Whatever comes after the end is dropped.
            let end = bytes.count
            encoder.encode(.payload(.emptyObject), into: &bytes)
            encoder.finish(into: &bytes)
            encoder.fail(APIFailure(.upstreamError), requestID: "r", into: &bytes)
            #expect(bytes.count == end)
            let objects =
                framing == .events ? try GeminiStreamChecker.events(bytes) : try GeminiStreamChecker.array(bytes)
            #expect(objects.count == sent + (fails ? 1 : 0))
            #expect((objects.last?["error"] != nil) == fails)
        }
    }

    private static func event(_ random: inout Seeded, _ step: Int) -> GenerationEvent {
        switch random.below(6) {
        case 0: .start
        case 1: .text("a")
        case 2: .finished(.stop)
        default:
            .payload(
                RawJSON(
                    bytes: Array(
                        random.pick([
                            "{}", #"{"candidates":[]}"#,
                            #"{"candidates":[{"content":{"parts":[{"text":"\n\"é"}]},"index":0}]}"#,
                            #"{"usageMetadata":{"promptTokenCount":\#(step)}}"#,
                        ]).utf8)))
        }
    }

    /// Recordings of Gemini answers in which the gateway has nothing to change.
    private static let untouched = [
        "content-blocked-after-text", "crlf-and-split-payload", "empty-answer", "gemini-parts-pass-untouched",
        "grounding-counts-code-points", "image-in-answer", "malformed-call-without-parts", "prompt-blocked",
        "text-and-thinking", "unknown-finish-reason",
    ]

    @Test(arguments: untouched)
    func `answer objects pass with every member, part and signature in its place`(name: String) throws {
        let upstream = try Fixtures.read("streams/\(name).upstream.sse")
        let dialect = DialectUnderTest.gemini
        let client = try GoldenStreamTests.serve(name, dialect, upstream, pieceSize: upstream.count).stream
        var sent: [JSONValue] = []
        // The recordings are read by the lines of their events here, to have no parser of ours in between.
        let text = String(decoding: upstream, as: UTF8.self).replacing("\r\n", with: "\n")
        for event in text.split(separator: "\n\n") {
            let lines = event.split(separator: "\n").filter { $0.hasPrefix("data:") }.map { $0.dropFirst(5) }
            guard !lines.isEmpty else { continue }
            let envelope = try JSONValue(parsing: Array(lines.joined(separator: "\n").utf8))
            sent.append(envelope["response"] ?? envelope)
        }
        let received = try GeminiStreamChecker.events(client)
        #expect(received.count == sent.count)
        for (left, right) in zip(received, sent) {
            var left = left
            if right["responseId"] == nil { left["responseId"] = nil }
            #expect(left == Self.filled(right))
        }
    }

    /// The object with an empty text where it has no part: Google's SDKs need one in each object of a stream.
    private static func filled(_ object: JSONValue) -> JSONValue {
        guard var candidate = object["candidates"]?.array?.first,
            candidate["content"]?["parts"]?.array?.isEmpty != false
        else {
            guard object["candidates"] == nil, object["promptFeedback"] == nil else { return object }
            let empty: JSONValue = ["content": ["role": "model", "parts": [["text": ""]]], "index": 0]
            return .object(JSONObject([("candidates", [empty])] + (object.object?.members ?? [])))
        }
        var content = JSONObject([("content", ["role": "model", "parts": [["text": ""]]])])
        for member in candidate.object?.members ?? [] where member.name != "content" { content.members.append(member) }
        candidate = .object(content)
        var object = object
        object["candidates"] = [candidate]
        return object
    }

    @Test(arguments: untouched)
    func `no object of a stream is without a part`(name: String) throws {
        let upstream = try Fixtures.read("streams/\(name).upstream.sse")
        let served = try GoldenStreamTests.serve(name, .gemini, upstream, pieceSize: upstream.count)
        for object in try GeminiStreamChecker.events(served.stream) where object["promptFeedback"] == nil {
            #expect(object["candidates"]?.array?.first?["content"]?["parts"]?.array?.isEmpty == false)
        }
    }

    @Test(arguments: untouched)
    func `the whole answer is the one that the stream's pieces make`(name: String) throws {
        let upstream = try Fixtures.read("streams/\(name).upstream.sse")
        let served = try GoldenStreamTests.serve(name, .gemini, upstream, pieceSize: upstream.count)
        let pieces = try GeminiStreamChecker.events(served.stream)
        let whole = try JSONValue(parsing: try #require(served.answer))
        func texts(_ answer: JSONValue, thought: Bool) -> String {
            (answer["candidates"]?.array?.first?["content"]?["parts"]?.array ?? [])
                .filter { ($0["thought"]?.bool == true) == thought }.compactMap { $0["text"]?.string }.joined()
        }
        func signatures(_ answer: JSONValue) -> [String] {
            (answer["candidates"]?.array?.first?["content"]?["parts"]?.array ?? [])
                .compactMap { $0["thoughtSignature"]?.string }
        }
        for thought in [false, true] {
            #expect(texts(whole, thought: thought) == pieces.map { texts($0, thought: thought) }.joined())
        }
        #expect(signatures(whole) == pieces.flatMap(signatures))
        #expect(whole["usageMetadata"] == pieces.compactMap { $0["usageMetadata"] }.last)
        let reason = pieces.compactMap { $0["candidates"]?.array?.first?["finishReason"] }.last
        #expect(whole["candidates"]?.array?.first?["finishReason"] == reason)
    }

    @Test func `candidates side by side are numbered and their tokens summed`() throws {
        let body = Array(#"{"contents":"Hi","generationConfig":{"candidateCount":2}}"#.utf8)
        var path = try DialectPath(body, as: DialectUnderTest.gemini.dialect)
        #expect(path.request.choiceCount == 2)
        let payload =
            #"{"response":{"candidates":[{"content":{"role":"model","parts":[{"text":"a"}]},"index":0,"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":3,"totalTokenCount":13}}}"#
        var stream = path.dialect.makeStreamEncoder(path.context(), for: path.request)
        var answer = path.dialect.makeAnswerEncoder(path.context(), for: path.request)
        var bytes: [UInt8] = []
        for choice in 0..<2 {
            for event in try path.events([payload]) {
                stream.encode(event, choice: choice, into: &bytes)
                answer.collect(event, choice: choice)
            }
        }
        stream.finish(into: &bytes)
        let objects = try GeminiStreamChecker.events(bytes)
        #expect(objects.map { $0["candidates"]?.array?.first?["index"] } == [0, 1])
        let whole = try JSONValue(parsing: try answer.finish())
        #expect(whole["candidates"]?.array?.map { $0["index"] } == [0, 1])
        #expect(whole["usageMetadata"] == ["promptTokenCount": 10, "candidatesTokenCount": 6, "totalTokenCount": 16])
    }

    @Test func `broken upstream payloads give objects or an error, never a trap`() throws {
        let payload =
            #"{"response":{"candidates":[{"content":{"role":"model","parts":[{"text":"a","thought":true,"thoughtSignature":"s"},{"text":"b"},{"functionCall":{"name":"f","args":{"a":1},"id":"i"}},{"inlineData":{"mimeType":"image/png","data":"AAAA"}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":5},"responseId":"r"},"traceId":"t"}"#
        let whole = try JSONValue(parsing: Array(payload.utf8))
        let vocabulary = [
            "response", "candidates", "content", "parts", "text", "functionCall", "args", "error", "name", "f",
            "responseId", "thought", "thoughtSignature", "id",
        ]
        let models = ["gemini-3-flash", "claude-sonnet-4-5-thinking"]
        var random = Seeded(12)
        for round in 0..<3000 {
            var mutated = whole
            for _ in 0...random.below(4) { mutated = random.mutated(mutated, vocabulary: vocabulary) }
            let body: JSONValue = [
                "model": .string(models[round % 2]), "contents": "Hi",
                "tools": [["functionDeclarations": [["name": "f"]]]],
                "generationConfig": ["responseMimeType": "application/json"],
            ]
            var path = try DialectPath(body, as: DialectUnderTest.gemini.dialect(for: body.serialized))
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
            try GeminiStreamChecker.events(bytes)
            _ = try JSONValue(parsing: try answer.finish())
        }
    }
}
