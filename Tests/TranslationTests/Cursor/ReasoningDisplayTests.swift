import APIErrors
import JSON
import Testing

@testable import Translation

/// Where the model's thinking goes in the four displays.
@Suite struct ReasoningDisplayTests {
    struct Row: CustomTestStringConvertible {
        var name: String
        var display: ReasoningDisplay
        var events: [GenerationEvent]
        /// Content deltas, joined; `[call]` stands for a call, `[finish]` for the finish chunk.
        var stream: String
        /// `content` of the whole answer.
        var whole: String?

        var testDescription: String { "\(display.rawValue): \(name)" }
    }

    private static func call(_ id: String = "call_1") -> GenerationEvent {
        .toolCall(ToolCall(id: id, name: "f", arguments: .emptyObject))
    }

    private static let picture = GenerationEvent.media(
        Media(mimeType: "image/png", data: Base64Text(owned: Array("AAAA".utf8))))

    static let rows = [
        Row(
            name: "thinking and text", display: .thinkTags,
            events: [.thinking("a"), .thinking("b"), .text("c"), .text("d")],
            stream: "<think>\nab\n</think>\n\ncd[finish]", whole: "<think>\nab\n</think>\n\ncd"),
        Row(
            name: "thinking and a call", display: .thinkTags, events: [.thinking("a"), call()],
            stream: "<think>\na\n</think>\n\n[call][finish]", whole: "<think>\na\n</think>"),
        Row(
            name: "thinking alone", display: .thinkTags, events: [.thinking("a")],
            stream: "<think>\na\n</think>\n[finish]", whole: "<think>\na\n</think>"),
        Row(
            name: "blank thinking", display: .thinkTags, events: [.thinking(" \n"), .text("c")], stream: "c[finish]",
            whole: "c"),
        Row(
            name: "blank thinking, once open", display: .thinkTags,
            events: [.thinking("\n"), .thinking("a"), .thinking("\n"), .thinking("b"), .text("c")],
            stream: "<think>\na\nb\n</think>\n\nc[finish]", whole: "<think>\n\na\nb\n</think>\n\nc"),
        Row(
            name: "thinking again after text", display: .thinkTags,
            events: [.thinking("a"), .text("b"), .thinking("c"), .text("d")],
            stream: "<think>\na\n</think>\n\nb<think>\nc\n</think>\n\nd[finish]", whole: "<think>\nac\n</think>\n\nbd"),
        Row(
            name: "thinking between calls", display: .thinkTags,
            events: [.thinking("a"), call(), .thinking("b"), call("call_2")],
            stream: "<think>\na\n</think>\n\n[call]<think>\nb\n</think>\n\n[call][finish]",
            whole: "<think>\nab\n</think>"),
        Row(
            name: "thinking and a picture", display: .thinkTags, events: [.thinking("a"), picture],
            stream: "<think>\na\n</think>\n\n![image](data:image/png;base64,AAAA)\n[finish]",
            whole: "<think>\na\n</think>\n\n![image](data:image/png;base64,AAAA)\n"),
        Row(
            name: "no thinking", display: .thinkTags, events: [.text("a"), call()], stream: "a[call][finish]",
            whole: "a"),
        Row(
            name: "thinking and text", display: .hide, events: [.thinking("a"), .text("c")], stream: "c[finish]",
            whole: "c"),
        Row(name: "thinking alone", display: .hide, events: [.thinking("a")], stream: "[finish]", whole: ""),
        Row(
            name: "thinking and a call", display: .hide, events: [.thinking("a"), call()], stream: "[call][finish]",
            whole: nil),
        Row(
            name: "thinking and text", display: .inline, events: [.thinking("a"), .thinking("b"), .text("c")],
            stream: "abc[finish]", whole: "ab\n\nc"),
        Row(name: "thinking alone", display: .inline, events: [.thinking("a")], stream: "a[finish]", whole: "a"),
        Row(
            name: "text that begins with the thinking", display: .inline, events: [.thinking("a\"b"), .text("a\"bc")],
            stream: "a\"ba\"bc[finish]", whole: "a\"bc"),
        Row(
            name: "text that equals the thinking", display: .inline, events: [.thinking("a"), .text("a")],
            stream: "aa[finish]", whole: "a"),
        Row(
            name: "thinking and text", display: .raw, events: [.thinking("a"), .text("c")], stream: "(a)c[finish]",
            whole: "c"),
    ]

    @Test(arguments: rows)
    func `thinking goes where the display wants it`(row: Row) throws {
        var request = GenerationRequest(clientModel: "m")
        request.streams = true
        let context = Self.context(request)
        var stream = Cursor(row.display).makeStreamEncoder(context, for: request)
        var answer = Cursor(row.display).makeAnswerEncoder(context, for: request)
        var bytes: [UInt8] = []
        for event in row.events {
            stream.encode(event, into: &bytes)
            answer.collect(event)
        }
        stream.finish(into: &bytes)
        #expect(try Self.notation(of: bytes) == row.stream)
        let message = try JSONValue(parsing: answer.finish())["choices"]?.array?.first?["message"]
        #expect(message?["content"] == row.whole.map { .string($0) } ?? .null)
        #expect((message?["reasoning_content"] != nil) == (row.display == .raw))
        if row.display == .thinkTags { try CursorStreamChecker.check(bytes) }
    }

    static func context(_ request: GenerationRequest) -> AnswerContext {
        AnswerContext(
            id: "chatcmpl-1", created: 1, request: request, identifiers: { String(repeating: "x", count: $0) })
    }

    /// What a client sees, in order; thinking that comes apart in brackets.
    static func notation(of stream: [UInt8]) throws -> String {
        var text = ""
        for event in String(decoding: stream, as: UTF8.self).split(separator: "\n\n") where event != "data: [DONE]" {
            let chunk = try JSONValue(parsing: Array(event.utf8.dropFirst(6)))
            guard let choice = chunk["choices"]?.array?.first, let delta = choice["delta"] else { continue }
            text += delta["content"]?.string ?? ""
            if let thinking = delta["reasoning_content"]?.string { text += "(\(thinking))" }
            if delta["tool_calls"]?.array?.first?["id"] != nil { text += "[call]" }
            if choice["finish_reason"]?.isNull == false { text += "[finish]" }
        }
        return text
    }

    @Test func `a chunk that would say nothing is not sent`() {
        var request = GenerationRequest(clientModel: "m")
        request.streams = true
        var stream = Cursor(.hide).makeStreamEncoder(Self.context(request), for: request)
        var bytes: [UInt8] = []
        stream.encode(.thinking("a"), into: &bytes)
        #expect(bytes.isEmpty)
    }

    @Test func `a stream that breaks closes nothing`() throws {
        var request = GenerationRequest(clientModel: "m")
        request.streams = true
        var stream = Cursor(.thinkTags).makeStreamEncoder(Self.context(request), for: request)
        var bytes: [UInt8] = []
        stream.encode(.thinking("a"), into: &bytes)
        stream.fail(APIFailure(.upstreamError), requestID: "r", into: &bytes)
        let end = bytes.count
        stream.encode(.text("late"), into: &bytes)
        stream.finish(into: &bytes)
        #expect(bytes.count == end)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("</think>") && text.hasSuffix("data: [DONE]\n\n"))
        try CursorStreamChecker.check(bytes)
    }

    @Test(arguments: ReasoningDisplay.allCases)
    func `citations point at the same words whatever stands around them`(display: ReasoningDisplay) throws {
        var request = GenerationRequest(clientModel: "m")
        request.search = SearchWish()
        var grounding = Grounding()
        grounding.sources = [.init(uri: "u", title: "t")]
        grounding.supports = [
            .init(byteRange: 3..<8, sourceIndices: [0]), .init(byteRange: 8..<10, sourceIndices: [0]),
        ]
        let events: [GenerationEvent] = [
            .thinking("hm é"), .text("é cited"), .thinking("more"), .text(" ok"), .grounding(grounding),
        ]
        var answer = Cursor(display).makeAnswerEncoder(Self.context(request), for: request)
        for event in events { answer.collect(event) }
        let message = try JSONValue(parsing: answer.finish())["choices"]?.array?.first?["message"]
        let content = Array((message?["content"]?.string ?? "").unicodeScalars)
        let words = message?["annotations"]?.array?.compactMap { annotation -> String? in
            guard let citation = annotation["url_citation"], let start = citation["start_index"]?.int,
                let end = citation["end_index"]?.int
            else { return nil }
            return String(String.UnicodeScalarView(content[start..<end]))
        }
        #expect(words == ["cited", " o"])

        var moved: [Grounding] = []
        var text = ""
        var fold = ReasoningFold(display, hasCitations: true)
        for event in events {
            fold.take(event) { event in
                if case .text(let piece) = event { text += piece.decoded }
                if case .grounding(let grounding) = event { moved.append(grounding) }
            }
        }
        let streamed = moved.first?.supports.map { Array(text.utf8)[$0.byteRange] }.map {
            String(decoding: $0, as: UTF8.self)
        }
        #expect(streamed == ["cited", " o"])
    }

    @Test(arguments: ReasoningDisplay.allCases, [1, 3])
    func `no sequence of events makes the stream break its grammar`(display: ReasoningDisplay, choices: Int) throws {
        for seed in 0..<400 {
            var random = Seeded(UInt64(seed))
            var request = GenerationRequest(clientModel: "m")
            request.choiceCount = choices
            request.includesUsage = true
            var stream = Cursor(display).makeStreamEncoder(Self.context(request), for: request)
            var answer = Cursor(display).makeAnswerEncoder(Self.context(request), for: request)
            var bytes: [UInt8] = []
            for step in 0..<random.below(16) {
                let choice = random.below(choices)
                let event: GenerationEvent =
                    switch random.below(6) {
                    case 0, 1: .thinking(JSONString(random.pick(["hm", "", " ", "\n", "\"", "👋"])))
                    case 2, 3: .text(JSONString(random.pick(["a", "", "\n", "é"])))
                    case 4: Self.call("call_\(step)")
                    default: Self.picture
                    }
                stream.encode(event, choice: choice, into: &bytes)
                answer.collect(event, choice: choice)
            }
            stream.finish(into: &bytes)
            if display == .raw {
                var checker = ChatStreamChecker()
                try checker.check(bytes, wantsUsage: true)
            } else {
                try CursorStreamChecker.check(bytes, wantsUsage: true)
            }
            let whole = try answer.finish()
            #expect(display == .raw || !String(decoding: whole, as: UTF8.self).contains("reasoning_content"))
            _ = try JSONValue(parsing: whole)
        }
    }
}
