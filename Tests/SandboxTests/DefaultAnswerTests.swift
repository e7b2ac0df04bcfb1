import JSON
import Testing

@testable import Sandbox

@Suite struct DefaultAnswerTests {
    static func call(_ body: RequestBody, _ method: UpstreamCall.Method = .streamGenerateContent) throws -> UpstreamCall
    {
        try StrictValidator.read(method, body: body.bytes, project: RequestBody.project)
    }

    static func events(_ body: RequestBody) throws -> [AnswerEvent] {
        let call = try call(body)
        return DefaultAnswer(call, PromptView(call)) { "id_\($0)" }.events()
    }

    static func text(_ events: [AnswerEvent]) -> String {
        events.flatMap(\.parts).filter { $0["thought"] == nil }.compactMap { $0["text"]?.string }.joined()
    }

    static let loops = ["gemini-3-flash", "gemini-2.5-pro", "claude-opus-4-5-thinking", "claude-sonnet-4-5"]

    /// What a client sends back must be what the rules want: signatures, ids and thoughts in their places.
    @Test(arguments: loops)
    func `an answer put back into the history breaks no rule`(model: String) throws {
        var body = try RequestBody(model: model)
        try body.set("request.contents[0].parts[0].text", #""sandbox: parallel-tools rounds=2""#)
        try body.set("request.tools", Piece.twoTools)
        if model.hasSuffix("-thinking") || model.hasPrefix("gemini") {
            try body.set(
                "request.generationConfig", #"{"thinkingConfig":{"includeThoughts":true,"thinkingBudget":2048}}"#)
        }
        for round in 0..<3 {
            let parts = try #require(
                try JSONValue(
                    parsing: AnswerWriter(model: model, responseID: "r", traceID: "t").whole(try Self.events(body)))[
                        "response"]?["candidates"]?
                    .array?.first?["content"]?["parts"]?.array)
            let calls = parts.compactMap { $0["functionCall"] }
            check(calls.count, round < 2 ? 2 : 0, "\(model) round \(round)")
            guard round < 2 else { return check(Self.text(try Self.events(body)).contains("a says: fine"), true) }
            let contents = body.value["request"]?["contents"]?.array?.count ?? 0
            let turn: JSONValue = ["role": "model", "parts": .array(parts)]
            let answers: JSONValue = [
                "role": "user",
                "parts": .array(
                    calls.map { call in
                        [
                            "functionResponse": [
                                "name": call["name"] ?? .null, "id": call["id"] ?? .null,
                                "response": ["result": "fine"],
                            ]
                        ]
                    }),
            ]
            try body.set("request.contents[\(contents)]", String(decoding: turn.serialized, as: UTF8.self))
            try body.set("request.contents[\(contents + 1)]", String(decoding: answers.serialized, as: UTF8.self))
        }
    }

    static let prompts: [(edits: KeyValuePairs<String, String>, holds: String, finish: String)] = [
        ([:], "You said: “Hello”", "STOP"),
        (["request.contents[0].parts[0].text": #""sandbox: say Hello you""#], "Hello you", "STOP"),
        (["request.contents[0].parts[0].text": #""sandbox: events=3""#], "word 0 word 1 word 2 ", "STOP"),
        (["request.generationConfig.maxOutputTokens": "2"], "You said: ", "MAX_TOKENS"),
        (["request.generationConfig.stopSequences": #"["said"]"#], "You ", "STOP"),
        (["request.contents[0].parts[0].text": #""sandbox: finish=SAFETY""#], "You said", "SAFETY"),
        (["request.contents[0].parts[0].text": #""sandbox: malformed""#], "", "MALFORMED_FUNCTION_CALL"),
        (
            [
                "request.generationConfig":
                    #"{"responseMimeType":"application/json","responseSchema":{"type":"object","properties":{"a":{"type":"integer"}}}}"#
            ],
            #"{"a":3}"#, "STOP"
        ),
    ]

    @Test(arguments: prompts.indices)
    func `prompts, limits and schemas shape the answer`(index: Int) throws {
        let row = Self.prompts[index]
        var body = try RequestBody(model: "gemini-2.5-flash")
        for edit in row.edits { try body.set(edit.key, edit.value) }
        let events = try Self.events(body)
        check(Self.text(events).hasPrefix(row.holds), true, Self.text(events))
        check(events.compactMap(\.finishReason), [row.finish])
        let usage = try #require(events.last?.usage)
        let counts = ["promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount"].map { usage[$0]?.int ?? 0 }
        check(usage["totalTokenCount"]?.int, counts.reduce(0, +))
    }

    static let tools: [(text: String, mode: String, calls: Int)] = [
        ("please look at this", "AUTO", 1), ("what is the weather", "AUTO", 0), ("hello", "ANY", 1),
        ("look", "NONE", 0),
    ]

    @Test(arguments: tools)
    func `a tool is called when the prompt or the mode asks for it`(text: String, mode: String, calls: Int) throws {
        var body = try RequestBody()
        try body.set("request.contents[0].parts[0].text", "\"\(text)\"")
        try body.set("request.tools", Piece.tool)
        try body.set("request.toolConfig.functionCallingConfig.mode", "\"\(mode)\"")
        let found = try Self.events(body).flatMap(\.parts).compactMap { $0["functionCall"] }
        check(found.count, calls, text)
        check(found.first?["args"]?["q"]?.string != nil, calls > 0)
    }

    @Test func `markers are words after the prefix, on the first line only`() {
        check(PromptMarkers("hello sandbox: cut") == nil, true)
        let markers = PromptMarkers(" sandbox: tool=look slow=20 cut error=x  say two  words\nsandbox: drop")
        check(markers?.value("tool"), "look")
        check(markers?.number("slow"), 20)
        check(markers?.number("cut", alone: 2), 2)
        check(markers?.number("error"), 0)
        check(markers?.number("drop"), nil)
        check(markers?.spoken, "two  words")
    }

    static let plans: [(text: String, end: AnswerPlan.End, count: Int)] = [
        ("sandbox: events=5 cut=3", .close, 3), ("sandbox: events=5 reset", .reset, 2),
        ("sandbox: events=5 stall=9", .stall, 6),
        ("sandbox: events=5 end=1", .finish, 1), ("sandbox: events=5", .finish, 6),
        ("sandbox: events=5 midway=503", .finish, 6),
        ("sandbox: empty", .finish, 0),
    ]

    @Test(arguments: plans)
    func `markers say how a stream ends`(text: String, end: AnswerPlan.End, count: Int) throws {
        var body = try RequestBody(model: "gemini-2.5-flash")
        try body.set("request.contents[0].parts[0].text", "\"\(text)\"")
        let call = try Self.call(body)
        let writer = AnswerWriter(model: call.model, responseID: "r", traceID: "t")
        let plan = GenerationPlan(call: call, prompt: PromptView(call), writer: writer, pace: 7, obeysMarkers: true)
        guard case .stream(let steps, let found) = plan.plan(callID: { "\($0)" }).body else {
            Issue.record("no stream for \(text)")
            return
        }
        check(found, end, text)
        check(steps.count, count, text)
        check(steps.allSatisfy { $0.delayMilliseconds == 7 || text.contains("midway") }, true)
    }
}
