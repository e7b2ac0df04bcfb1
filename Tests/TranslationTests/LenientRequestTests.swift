import JSON
import Testing

@testable import Translation

/// What clients send beside the letter of their API, and lose nothing by.
@Suite struct LenientRequestTests {
    private static let call: JSONValue = [
        "role": "assistant", "content": .null,
        "tool_calls": [["id": "a", "type": "function", "function": ["name": "f", "arguments": "{\"x\":1}"]]],
    ]
    private static let picture: JSONValue = [
        "type": "image_url", "image_url": ["url": "data:image/png;base64,iVBORw0KGgo="],
    ]

    private func contents(_ body: JSONValue, as dialect: any ClientDialect) throws -> [JSONValue] {
        var path = try DialectPath(body, as: dialect)
        return try path.inner()["contents"]?.array ?? []
    }

    private func response(_ contents: [JSONValue]) -> JSONValue? {
        contents.last?["parts"]?.array?.first?["functionResponse"]?["response"]
    }

    @Test func `messages in the form of a chat keep their calls within items`() throws {
        let contents = try contents(
            [
                "model": "gemini-3-flash",
                "input": [
                    ["role": "user", "content": "x"], Self.call,
                    ["role": "tool", "tool_call_id": "a", "content": [["type": "text", "text": "ok"], Self.picture]],
                ],
            ], as: OpenAIResponses())
        #expect(contents[1]["parts"]?.array?.last?["functionCall"]?["args"] == ["x": 1])
        #expect(response(contents)?["result"] == "ok")
        #expect(String(decoding: contents[2].serialized, as: UTF8.self).contains("iVBORw0KGgo="))
    }

    @Test(
        arguments: [
            (["temp": 20], ["temp": 20]), ([["temp": 20], ["temp": 21]], ["result": #"[{"temp":20},{"temp":21}]"#]),
            ([["type": "text", "text": "a"], ["exit": 1]], ["result": #"[{"type":"text","text":"a"},{"exit":1}]"#]),
            ([["type": "text", "text": "a"]], ["result": "a"]), (["type": "text", "text": "a"], ["result": "a"]),
            ("a", ["result": "a"]), (.null, ["result": ""]),
        ] as [(JSONValue, JSONValue)])
    func `the result of a tool is told whatever it is`(output: JSONValue, sent: JSONValue) throws {
        let contents = try contents(
            [
                "model": "gemini-3-flash",
                "messages": [
                    ["role": "user", "content": "x"], Self.call,
                    ["role": "tool", "tool_call_id": "a", "content": output],
                ],
            ], as: OpenAIChat())
        #expect(response(contents) == sent)
    }

    @Test func `a value beside a picture leaves it a picture`() throws {
        let contents = try contents(
            [
                "model": "gemini-3-flash",
                "messages": [
                    ["role": "user", "content": "x"], Self.call,
                    ["role": "tool", "tool_call_id": "a", "content": [Self.picture, ["exit": 1]]],
                ],
            ], as: OpenAIChat())
        #expect(response(contents)?["result"] == #"{"exit":1}"#)
        #expect(String(decoding: contents[2].serialized, as: UTF8.self).contains(#""data":"iVBORw0KGgo=""#))
    }

    @Test func `a result in the model's own turn answers its call`() throws {
        let contents = try contents(
            [
                "model": "gemini-3-flash", "max_tokens": 10,
                "messages": [
                    ["role": "user", "content": "x"],
                    [
                        "role": "assistant",
                        "content": [
                            ["type": "tool_use", "id": "a", "name": "f", "input": [:]],
                            ["type": "tool_result", "tool_use_id": "a", "content": "ok"],
                            ["type": "tool_result", "tool_use_id": "b", "content": "lost"],
                        ],
                    ],
                ],
            ], as: Anthropic())
        #expect(contents.count == 3 && contents.last?["role"] == "user")
        #expect(response(contents)?["result"] == "ok")
        #expect(contents.last?["parts"]?.array?.last?["text"] == "[Result of an earlier tool call b] lost")
    }

    @Test(arguments: [("gpt-4o", false), ("gemini-3-flash", true)])
    func `after calls without declarations JSON is asked for as with them`(model: String, isMode: Bool) throws {
        var path = try DialectPath([
            "model": .string(model), "response_format": ["type": "json_object"],
            "messages": [
                ["role": "user", "content": "x"], Self.call, ["role": "tool", "tool_call_id": "a", "content": "ok"],
            ],
        ])
        let inner = try path.inner()
        #expect((inner["generationConfig"]?["responseMimeType"] != nil) == isMode)
        #expect((inner["systemInstruction"] == nil) == isMode)
        let answer = try path.answer([
            #"{"response":{"candidates":[{"content":{"parts":[{"text":"```json\n{}\n```"}]},"finishReason":"STOP"}]}}"#
        ])
        #expect(answer["choices"]?.array?[0]["message"]?["content"] == "{}")
    }

    @Test(arguments: [" \n", "(no content)"])
    func `Claude gets no blank instruction`(text: String) throws {
        var path = try DialectPath([
            "model": "claude-sonnet-4-5",
            "messages": [
                ["role": "system", "content": .string(text)], ["role": "user", "content": "x"],
            ],
        ])
        #expect(try path.inner()["systemInstruction"] == nil)
    }

    @Test func `thinking between tools is thinking`() throws {
        let path = try DialectPath(
            [
                "model": "claude-sonnet-4-5", "max_tokens": 10, "thinking": ["type": "between_tools"],
                "messages": [["role": "user", "content": "x"]],
            ], as: Anthropic())
        #expect(path.request.thinking == .effort(.high) && path.request.showsThinking)
    }

    @Test(arguments: [["top_k": 5], ["system": "Be brief."], [:]] as [JSONValue])
    func `Cursor's answers are as many as it asks for, whatever else it says`(more: JSONValue) throws {
        var body: JSONValue = ["model": "gemini-3-flash", "n": 2, "messages": [["role": "user", "content": "x"]]]
        for member in more.object?.members ?? [] { body[member.name] = member.value }
        #expect(try DialectPath(body, as: Cursor(.thinkTags)).request.choiceCount == 2)
    }

    @Test func `Google's numbers may stand in quotes`() throws {
        var path = try DialectPath(
            [
                "contents": [["parts": [["text": "x"]]]],
                "generationConfig": ["maxOutputTokens": "100", "temperature": "0.5", "top_k": "4", "seed": "7"],
            ], as: GeminiNative(model: "gemini-3-flash", framing: nil))
        let config = try path.inner()["generationConfig"]
        #expect(path.request.sampling.outputTokensMax == 100 && config?["temperature"] == 0.5)
        #expect(config?["topK"] == 4 && config?["seed"] == 7)
    }
}
