import APIErrors
import JSON
import Testing

@testable import Translation

/// Properties of the dialects that deliver images and transcripts, over random events and broken requests.
@Suite struct MediaPropertyTests {
    static let dialects = [DialectUnderTest.openAIImageGenerations, .openAIImageEdits, .openAIAudio]

    @Test(arguments: dialects, [1, 3])
    func `no sequence of events makes the stream break its grammar`(dialect: DialectUnderTest, choices: Int) throws {
        for seed in 0..<600 {
            var random = Seeded(UInt64(seed))
            var request = GenerationRequest(clientModel: "m")
            request.choiceCount = choices
            let context = AnswerContext(
                id: "x", created: 1, request: request, identifiers: { String(repeating: "x", count: $0) })
            var encoder = dialect.dialect.makeStreamEncoder(context, for: request)
            var answer = dialect.dialect.makeAnswerEncoder(context, for: request)
            var bytes: [UInt8] = []
            var pictured: Set<Int> = []
            for step in 0..<random.below(12) {
                let choice = random.below(choices + 1)
                let event = Self.event(&random, step)
                if case .media = event, choice < choices { pictured.insert(choice) }
                encoder.encode(event, choice: choice, into: &bytes)
                answer.collect(event, choice: choice)
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
            do {
                try dialect.check(bytes)
            } catch {
                Issue.record("seed \(seed): \(error)")
                return
            }
            guard dialect.name != "openai-audio" else { continue }
            // As many pictures as calls that made one, in both forms; none is a refusal.
            let events = String(decoding: bytes, as: UTF8.self).split(separator: "event: ").count
            if !fails { #expect(events == max(pictured.count, 1)) }
            do throws(APIFailure) {
                let whole = try answer.finish()
                #expect((try? JSONValue(parsing: whole))?["data"]?.array?.count == pictured.count)
            } catch {
                #expect(pictured.isEmpty && [.noImage, .contentPolicy].contains(error.situation))
            }
        }
    }

    private static func event(_ random: inout Seeded, _ step: Int) -> GenerationEvent {
        switch random.below(10) {
        case 0: .start
        case 1, 2: .text(JSONString(random.pick(["a", "", " ", "\"quoted\"\n", "👋"])))
        case 3: .thinking("hm")
        case 4: .textSignature("sig")
        case 5: .toolCall(ToolCall(id: "c", name: "f", arguments: .emptyObject))
        case 6, 7:
            .media(
                Media(mimeType: random.pick(["image/png", "image/jpeg"]), data: Base64Text(owned: Array("AAAA".utf8))))
        case 8: .usage(TokenUsage(prompt: step, cached: 0, output: 1, reasoning: 0))
        default: .finished(random.pick([.stop, .contentBlocked, .promptBlocked, .missingImage, .other]))
        }
    }

    @Test func `only a picture is an answer to a request for one, and a block is final`() {
        func progress(_ events: [GenerationEvent]) -> AnswerProgress {
            var progress = AnswerProgress(.image)
            for event in events { progress.observe(event) }
            return progress
        }
        let media = GenerationEvent.media(Media(mimeType: "image/png", data: Base64Text(owned: [])))
        #expect(progress([.text("a"), .finished(.stop)]).emptiness == .missingImage)
        #expect(progress([.thinking("a")]).emptiness == .missingImage)
        #expect(progress([]).emptiness == .missingImage)
        #expect(progress([.finished(.missingImage)]).emptiness == .missingImage)
        #expect(progress([.text("a"), media, .finished(.stop)]).emptiness == nil)
        #expect(progress([.finished(.contentBlocked)]).emptiness == nil)
        #expect(progress([.finished(.promptBlocked)]).emptiness == nil)
        #expect(!progress([.text("a")]).hasContent)
    }

    @Test(
        arguments: GoldenRequestTests.cases.filter { $0.0.name.hasPrefix("openai-image") && $0.1.hasSuffix(".json") }
            .map(\.1))
    func `a broken request for images is served by the rules or refused with 400`(file: String) throws {
        let dialect = file.hasPrefix("data-urls") ? DialectUnderTest.openAIImageEdits : .openAIImageGenerations
        let whole = try JSONValue(parsing: try Fixtures.read("requests/\(dialect.name)/\(file)"))
        let vocabulary = [
            "model", "prompt", "n", "size", "quality", "image", "images", "mask", "image_url", "url", "aspect_ratio",
            "image_size",
            "1024x1024", "16:9", "4K", "hd", "stream", "response_format", "gemini-3-pro-image", "[undefined]", "data:,",
            "image[]",
            "data:image/png;base64,iVBORw0KGgoA", "data:image/png;base64,!",
        ]
        var random = Seeded(file.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
        for _ in 0..<400 {
            var body = whole
            for _ in 0...random.below(3) { body = random.mutated(body, vocabulary: vocabulary) }
            try Self.serve(body.serialized, dialect)
        }
    }

    @Test(arguments: GoldenRequestTests.cases.filter { $0.1.hasSuffix(".form") }.map { ($0.0, $0.1) })
    func `a broken form is served by the rules or refused with 400`(dialect: DialectUnderTest, file: String) throws {
        let whole = try Fixtures.read("requests/\(dialect.name)/\(file)")
        let start = try #require(whole.firstIndex(of: 0x0A)) + 2
        let pieces = [
            "\r\n", "--X-boundary", "--", "\"", ";", "image[]", "name=\"prompt\"", "\0", "-1", "image/",
            "filename=\"\"",
        ]
        var random = Seeded(file.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
        for _ in 0..<1500 {
            var body = whole
            for _ in 0...random.below(3) {
                let at = start + random.below(body.count - start)
                switch random.below(3) {
                case 0: body.insert(contentsOf: Array(random.pick(pieces).utf8), at: at)
                case 1: body[at] = UInt8(truncatingIfNeeded: random.next())
                default: body.removeSubrange(at..<min(body.count, at + 1 + random.below(24)))
                }
            }
            try Self.serve(body, dialect)
        }
    }

    private static func serve(_ body: [UInt8], _ dialect: DialectUnderTest) throws {
        do {
            var path = try DialectPath(body, as: dialect.dialect)
            let upstream = try path.upstream()
            try UpstreamRules(isClaude: path.target.model.isClaude).check(upstream)
            if dialect.name != "openai-audio" { #expect(upstream["requestType"] == "image_gen") }
            for part in upstream["request"]?["contents"]?.array?.first?["parts"]?.array ?? [] {
                if let data = part["inlineData"]?["data"]?.string {
                    #expect(Array(data.utf8).withUnsafeBufferPointer { Base64.isNormal($0) })
                }
            }
        } catch let failure as APIFailure {
            #expect([400, 404, 413].contains(failure.status(in: .openAI)), "\(failure)")
        }
    }

    @Test func `a file is encoded as if it had been copied, whatever its size`() throws {
        for size in [1, 2, 3, 4, 3071, 3072, 3073, 6143, 6144, 6145, 10_000] {
            var random = Seeded(UInt64(size))
            let content = (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            var path = try DialectPath(
                RecordedRequest.form([.file("file", "a.mp3", nil, content)]), as: OpenAIAudio())
            let sent = try path.inner()["contents"]?.array?[0]["parts"]?.array?.last?["inlineData"]?["data"]?.string
            #expect(Base64.decode((sent ?? "").utf8) == content)
            guard case .media(let media)? = path.request.turns.first?.parts.last else { continue }
            #expect(media.data.count == sent?.utf8.count)
            #expect(media.data.withBytes { Array($0) } == Array((sent ?? "").utf8))
            #expect(media.data.beginning(10) == Array((sent ?? "").utf8.prefix(10)))
        }
    }
}
