import APIErrors
import JSON
import Testing

@testable import Translation

/// Whole conversations, as Codex has them: every turn sends everything again.
@Suite struct ResponsesConversationTests {
    static let models = ["gemini-3-flash", "gemini-2.5-flash", "claude-sonnet-4-5"]

    @Test(arguments: models)
    func `one more exchange leaves the contents before it as they were`(model: String) throws {
        for seed in 0..<120 {
            var random = Seeded(UInt64(seed))
            var conversation = RandomCodexConversation()
            var before: [UInt8] = []
            for turn in 0..<6 {
                conversation.addExchange(&random)
                let body = conversation.body(model: model)
                var path = try DialectPath(body, as: OpenAIResponses())
                let upstream = try path.upstreamBody()
                let contents = try contentsText(upstream)
                if !contents.starts(with: before) {
                    Issue.record("seed \(seed), turn \(turn): the contents before changed")
                    return
                }
                before = Array(contents.dropLast())
                try UpstreamRules(isClaude: path.target.model.isClaude).check(try JSONValue(parsing: upstream))
            }
        }
    }

    @Test func `what an answer holds goes back to the place it came from`() throws {
        let signature = String(repeating: "S", count: 64)
        let tools =
            #"[{"type":"function","name":"look","parameters":{"properties":{"n":{"type":"integer"}}}},{"type":"custom","name":"patch"}]"#
        let first = #"{"role":"user","content":"Look"}"#
        let parts = [
            #"{"text":"I must look.","thought":true}"#, #"{"text":"Looking."}"#,
            #"{"functionCall":{"name":"look","args":{"n":12345678901234567890}},"thoughtSignature":"\#(signature)"}"#,
            #"{"functionCall":{"name":"patch","args":{"input":"“x”\n"}}}"#,
        ]
        var path = try DialectPath(
            Array(#"{"model":"gemini-3-flash","input":[\#(first)],"tools":\#(tools)}"#.utf8), as: OpenAIResponses())
        let answer = try path.answer([
            #"{"response":{"candidates":[{"content":{"parts":[\#(parts.joined(separator: ","))]},"finishReason":"STOP"}]}}"#
        ])
        let output = answer["output"]?.array ?? []
        #expect(
            output.compactMap { $0["type"]?.string } == [
                "reasoning", "message", "reasoning", "function_call", "custom_tool_call",
            ])
        var input: [JSONValue] = [try JSONValue(parsing: Array(first.utf8))] + output
        for item in output {
            guard let id = item["call_id"] else { continue }
            let kind = item["type"] == "function_call" ? "function_call_output" : "custom_tool_call_output"
            input.append(["type": .string(kind), "call_id": id, "output": "ok"])
        }
        let body: JSONValue = [
            "model": "gemini-3-flash", "input": .array(input), "tools": try JSONValue(parsing: Array(tools.utf8)),
        ]
        var next = try DialectPath(body, as: OpenAIResponses())
        let contents = try next.inner()["contents"]?.array ?? []
        #expect(contents.count == 3)
        let sent = contents[1]["parts"]?.array ?? []
        #expect(
            sent.map { $0["text"]?.string ?? $0["functionCall"]?["name"]?.string } == ["Looking.", "look", "patch"])
        #expect(sent.map { $0["thoughtSignature"]?.string } == [nil, signature, nil])
        #expect(sent[1]["functionCall"]?["args"] == ["n": .number("12345678901234567890")])
        #expect(sent[2]["functionCall"]?["args"] == ["input": "“x”\n"])
        #expect(contents[2]["parts"]?.array?.map { $0["functionResponse"]?["name"] } == ["look", "patch"])
    }

    /// A body of the size that coding clients send all day.
    @Test(arguments: models)
    func `a long coding session with dozens of tools keeps the upstream's rules`(model: String) throws {
        let body = CodexSession.body(model: model, tools: 48, exchanges: 40)
        let size = body.serialized.count
        #expect((80_000...200_000).contains(size), "\(size) bytes")
        var path = try DialectPath(body, as: OpenAIResponses())
        let upstream = try path.upstreamBody()
        try UpstreamRules(isClaude: path.target.model.isClaude).check(try JSONValue(parsing: upstream))
        #expect(upstream.count < 2 * size)
        let inner = try path.inner()
        #expect(inner["tools"]?.array?[0]["functionDeclarations"]?.array?.count == 48)
        let calls = (inner["contents"]?.array ?? []).flatMap { $0["parts"]?.array ?? [] }
            .compactMap { $0["functionCall"] }
        #expect(calls.count == 80)
        let stream = Array(
            try path.stream([
                #"{"response":{"candidates":[{"content":{"parts":[{"text":"Done"}]},"finishReason":"STOP"}]}}"#
            ])
            .utf8)
        var checker = ResponsesStreamChecker()
        try checker.check(stream)
        #expect(checker.last["tools"] == body["tools"])
        #expect(checker.last["instructions"] == body["instructions"])
    }

    private func contentsText(_ upstream: [UInt8]) throws -> [UInt8] {
        let node = try JSONDocument(parsing: upstream).root["request"]?["contents"]
        return try #require(node).withRawBytes { Array($0) }
    }
}
