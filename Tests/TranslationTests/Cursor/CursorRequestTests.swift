import APIErrors
import JSON
import Testing

@testable import Translation

/// What the Cursor endpoint makes of a body before a reader sees it, and after.
@Suite struct CursorRequestTests {
    static let kinds: [(String, CursorPayloadKind)] =
        [
            (#"{"messages":[{"role":"user","content":"Hi"}]}"#, .openAIChat),
            (#"{}"#, .openAIChat),
            (#"{"messages":[],"input":"Hi"}"#, .openAIChat),
            (#"{"input":"Hi"}"#, .responsesLike),
            (#"{"instructions":"Hi"}"#, .responsesLike),
            (#"{"messages":null,"input":[]}"#, .responsesLike),
            (#"{"messages":"[undefined]","input":[],"system":"x"}"#, .responsesLike),
            (#"{"messages":[],"system":"x"}"#, .anthropicLike),
            (#"{"messages":[],"thinking":{"type":"enabled"}}"#, .anthropicLike),
            (#"{"messages":[],"output_config":{}}"#, .anthropicLike),
            (#"{"messages":[],"top_k":3}"#, .anthropicLike),
            (#"{"messages":[],"system":null,"top_k":"[undefined]"}"#, .openAIChat),
            (#"{"messages":[],"tools":[{"name":"a","parameters":{}},{"name":"b","input_schema":{}}]}"#, .anthropicLike),
            (#"{"messages":[],"tools":[{"type":"function","function":{"name":"a"}}]}"#, .openAIChat),
            (#"{"messages":[],"tools":{"input_schema":{}}}"#, .openAIChat),
            (#"{"messages":[{"role":"system","content":"x"}],"metadata":{}}"#, .openAIChat),
            (
                #"{"messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url"}]}]}"#,
                .openAIChat
            ),
            (#"{"messages":[7,{"role":"user","content":"tool_use"}]}"#, .openAIChat),
            (#"{"messages":[{"role":"user","content":[7,{"type":7}]}]}"#, .openAIChat),
        ]
        + [
            "tool_use", "tool_result", "thinking", "redacted_thinking", "server_tool_use", "web_search_tool_result",
            "document",
        ].map {
            (
                #"{"messages":[{"role":"user","content":"x"},{"role":"user","content":[{"type":"\#($0)"}]}]}"#,
                .anthropicLike
            )
        }

    @Test(arguments: kinds)
    func `the body alone tells what it is written for`(body: String, kind: CursorPayloadKind) throws {
        #expect(CursorPayloadKind(of: try JSONDocument(parsing: Array(body.utf8)).root) == kind)
    }

    @Test(arguments: CursorPayloadKind.allCases)
    func `the answer says how the body was read`(kind: CursorPayloadKind) throws {
        let body: JSONValue =
            switch kind {
            case .openAIChat: ["model": "m", "messages": [["role": "user", "content": "Hi"]]]
            case .anthropicLike: ["model": "m", "messages": [["role": "user", "content": "Hi"]], "system": "x"]
            case .responsesLike: ["model": "m", "input": "Hi"]
            }
        let request = try Cursor(.thinkTags).decode(try RequestBody(body.serialized, contentType: nil))
        #expect(request.answerFields == [.init(name: "X-Cursor-Payload-Kind", value: kind.rawValue)])
    }

    @Test(arguments: [
        "{}", #"{"model":"m"}"#, #"{"model":"m","messages":null}"#, "[]", #"{"model":"m","messages":{}}"#,
    ])
    func `a body without messages or input is refused`(body: String) {
        #expect(throws: APIFailure.self) {
            try Cursor(.thinkTags).decode(try RequestBody(Array(body.utf8), contentType: nil))
        }
    }

    static let histories: [(String, String?)] = [
        ("<think>\nabc\n</think>\n\nHello", "Hello"),
        ("<think>\nabc\n</think>", nil),
        ("<think>\nabc\n</think>\n\n  indented", "  indented"),
        ("<think>a</think><think>\nb\n</think>\n\nHello", "Hello"),
        (" \n<think>\nabc\n</think>\n\nHello", "Hello"),
        ("Hello <think>\nabc\n</think>", "Hello <think>\nabc\n</think>"),
        ("<think>\nabc", "<think>\nabc"),
        ("<thinking>a</thinking>b", "<thinking>a</thinking>b"),
        ("\\<think>", "\\<think>"), ("", nil), ("Hello", "Hello"),
    ]

    @Test(arguments: histories)
    func `folded thinking that comes back goes, and nothing else`(content: String, left: String?) throws {
        for text in [JSONValue.string(content), [["type": "text", "text": .string(content)]]] {
            var path = try DialectPath(
                [
                    "model": "gemini-3-flash",
                    "messages": [
                        ["role": "user", "content": .string(content.isEmpty ? "x" : content)],
                        ["role": "assistant", "content": text], ["role": "user", "content": "Go on"],
                    ],
                ], as: Cursor(.thinkTags))
            let contents = try path.inner()["contents"]?.array ?? []
            #expect(contents.first?["parts"]?.array?.first?["text"] == .string(content.isEmpty ? "x" : content))
            let own = contents.first { $0["role"] == "model" }?["parts"]?.array?.compactMap { $0["text"]?.string }
            #expect(own == left.map { [$0] })
        }
    }

    @Test func `thinking that comes back in escapes goes too`() throws {
        let body = #"""
            {"model":"gemini-3-flash","messages":[{"role":"user","content":"a"},{"role":"assistant","content":
            "\u003cthink\u003e\nabc\n\u003c/think\u003e\n\nHello"},{"role":"user","content":"b"}]}
            """#
        var path = try DialectPath(Array(body.utf8), as: Cursor(.thinkTags))
        #expect(try path.inner()["contents"]?.array?[1]["parts"] == [["text": "Hello"]])
    }

    @Test func `usage is asked for as in a chat, and no header changes the display`() throws {
        let body: JSONValue = [
            "model": "m", "messages": [["role": "user", "content": "Hi"]], "stream": true,
            "stream_options": ["include_usage": true],
        ]
        let request = try Cursor(.thinkTags).decode(try RequestBody(body.serialized, contentType: nil))
        #expect(request.includesUsage && request.streams)
    }
}
