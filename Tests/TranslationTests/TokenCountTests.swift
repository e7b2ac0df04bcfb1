import JSON
import Testing

@testable import Translation

@Suite struct TokenCountTests {
    struct Row: CustomTestStringConvertible {
        var what: String
        var content: JSONValue
        var tokens: Int
        var testDescription: String { what }
    }

    static let rows = [
        Row(what: "nothing but a name is one token", content: "", tokens: 1),
        Row(what: "four bytes of ASCII are a token, and a rest is one too", content: "12345678 ", tokens: 3),
        Row(what: "one and a half other characters are a token", content: "üüü", tokens: 2),
        Row(what: "a character beyond the first plane is one", content: "👋", tokens: 1),
        Row(what: "an escape is the character it means", content: "a\n\"\\b\u{1}cd", tokens: 2),
        Row(what: "a picture has its price", content: [picture], tokens: 258),
        Row(what: "a document of unknown length is a page", content: [document(40)], tokens: 258),
        Row(what: "a long document has a page for each 50 000 bytes", content: [document(200_000)], tokens: 774),
        Row(
            what: "pieces are counted together, not one by one",
            content: [["type": "text", "text": "ab"], ["type": "text", "text": "cd"]], tokens: 1),
        Row(
            what: "a tool's result counts as text",
            content: [["type": "tool_result", "tool_use_id": "t", "content": "abcdefgh"]], tokens: 2),
    ]

    private static let picture: JSONValue = [
        "type": "image", "source": ["type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="],
    ]

    private static func document(_ base64Count: Int) -> JSONValue {
        [
            "type": "document",
            "source": [
                "type": "base64", "media_type": "application/pdf",
                "data": .string(String(repeating: "JVBE", count: base64Count / 4)),
            ],
        ]
    }

    @Test(arguments: rows)
    func `an estimate goes by text, pictures and pages`(row: Row) throws {
        #expect(try estimate(["messages": [["role": "user", "content": row.content]]]) == row.tokens)
    }

    @Test func `system text, tools and calls of the history count`() throws {
        let messages: JSONValue = [["role": "user", "content": "abcd"]]
        #expect(try estimate(["messages": messages, "system": "abcd"]) == 2)
        #expect(try estimate(["messages": messages, "system": [["type": "text", "text": "abcdefgh"]]]) == 3)
        // Name, description and schema: 4 + 4 + 17 bytes.
        let tool: JSONValue = ["name": "look", "description": "Look", "input_schema": ["type": "object"]]
        #expect(try estimate(["messages": messages, "tools": [tool]]) == 1 + 7)
        // Name and arguments: 4 + 7 bytes.
        let call: JSONValue = ["type": "tool_use", "id": "t", "name": "look", "input": ["a": 1]]
        #expect(
            try estimate([
                "messages": [["role": "user", "content": "abcd"], ["role": "assistant", "content": [call]]]
            ])
                == 1 + 3)
    }

    @Test func `an escaped pair of surrogates is one character`() throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"\ud83d\udc4b\u00fc\u0041"}]}"#
        let request = try DialectPath(Array(body.utf8), as: Anthropic()).request
        // Two other characters and one of ASCII.
        #expect(TokenEstimate.tokens(of: request) == 2)
    }

    @Test func `where an escape or another character stands in a text makes no difference`() throws {
        for place in 0...24 {
            let (head, tail) = (String(repeating: "a", count: place), String(repeating: "b", count: 24 - place))
            // 24 bytes of ASCII and a line feed, which is written as an escape, are 25: seven tokens. A character
            // outside ASCII in its place makes two thirds of a token out of a quarter.
            #expect(try estimate(["messages": [["role": "user", "content": .string(head + "\n" + tail)]]]) == 7)
            #expect(try estimate(["messages": [["role": "user", "content": .string(head + "ü" + tail)]]]) == 7)
            #expect(try estimate(["messages": [["role": "user", "content": .string(head + "üüüü" + tail)]]]) == 9)
        }
    }

    private func estimate(_ members: JSONValue) throws -> Int {
        var body = members
        body["model"] = "gemini-3-flash"
        return TokenEstimate.tokens(of: try DialectPath(body, as: Anthropic()).request)
    }

    // MARK: The question upstream

    private static let asked: JSONValue = [
        "model": "claude-sonnet-4-5-thinking", "max_tokens": 32000, "system": "Be brief.",
        "thinking": ["type": "enabled", "budget_tokens": 4096],
        "output_config": ["format": ["type": "json_schema", "schema": ["type": "object"]]],
        "tools": [["name": "look", "input_schema": ["type": "object", "properties": ["at": ["type": "string"]]]]],
        "messages": [
            ["role": "user", "content": "Look"],
            [
                "role": "assistant",
                "content": [
                    ["type": "thinking", "thinking": "Hm", "signature": .string(String(repeating: "R", count: 64))],
                    ["type": "tool_use", "id": "t", "name": "look", "input": ["at": "a"]],
                ],
            ],
            ["role": "user", "content": [["type": "tool_result", "tool_use_id": "t", "content": "a!"]]],
        ],
    ]

    private func question(_ repair: RequestRepair? = nil, model: String? = nil) throws -> JSONValue {
        var body = Self.asked
        if let model { body["model"] = .string(model) }
        var path = try DialectPath(body, as: Anthropic())
        path.target.repair = repair
        return try JSONValue(parsing: try path.codec.encodeCount(path.request, target: path.target))
    }

    @Test func `the question holds what is counted and nothing that the upstream refuses there`() throws {
        let body = try question()
        #expect(body.object?.members.map(\.name) == ["request"])
        let request = try #require(body["request"])
        #expect(request.object?.members.map(\.name) == ["model", "contents", "systemInstruction", "tools"])
        #expect(request["model"] == "models/claude-sonnet-4-5-thinking")
        let text = String(decoding: request.serialized, as: UTF8.self)
        #expect(!text.contains("thought"))
        #expect(!text.contains("toolConfig"))
        #expect(request["contents"]?.array?.count == 3)
    }

    @Test func `a call in the history is asked about without the skip word`() throws {
        let text = String(decoding: try question(model: "gemini-3-flash").serialized, as: UTF8.self)
        #expect(text.contains("functionCall"))
        #expect(!text.contains("thoughtSignature"))
    }

    @Test func `after a refusal the system text stands in front of the conversation and tools are left out`() throws {
        let request = try #require(try question(.contentsOnly)["request"])
        #expect(request.object?.members.map(\.name) == ["model", "contents"])
        let first = request["contents"]?.array?.first
        #expect(first?["role"] == "user")
        #expect(first?["parts"]?.array?.map { $0["text"] } == ["Be brief.", "Look"])
    }

    @Test(arguments: [
        (#"{"totalTokens":123}"#, 123), (#"{"response":{"totalTokens":7}}"#, 7), (#"{"total_tokens":5}"#, 5),
        ("{}", nil), (#"{"totalTokens":0}"#, nil), ("no json", nil), ("[]", nil), (#"{"totalTokens":"x"}"#, nil),
    ])
    func `the answer's count is read in every form, and nothing is no count`(body: String, count: Int?) {
        #expect(CodeAssistCodec().decodeCount(Array(body.utf8)) == count)
    }

    @Test func `the answer to a count is one member`() {
        #expect(String(decoding: Anthropic().encodeCount(12), as: UTF8.self) == #"{"input_tokens":12}"#)
    }
}
