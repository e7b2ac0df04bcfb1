import APIErrors
import JSON
import Testing

@testable import Translation

/// Requests that are small for their sender and would be large for a careless translator. The limit is generous for a busy
/// machine and a debug build: what is quadratic takes minutes.
@Suite struct HostileSizeTests {
    static let count = 20_000

    static let bodies: [(name: String, body: JSONValue)] = [
        ("calls with one id", calls { _ in "a" }),
        ("calls with many ids", calls { "call_\($0)" }),
        (
            "legacy calls",
            messages((0..<count).map { ["role": "assistant", "function_call": ["name": .string("f\($0)")]] })
        ),
        (
            "legacy results",
            messages((0..<count).map { ["role": "function", "name": .string("f\($0 % 7)"), "content": "x"] })
        ),
        ("orphans", messages((0..<count).map { ["role": "tool", "tool_call_id": .string("\($0)"), "content": "x"] })),
        (
            "images that begin",
            messages([
                [
                    "role": "assistant",
                    "content": .string(String(repeating: "![](data:image/png;base64,AAAA", count: count)),
                ]
            ])
        ),
        (
            "fences",
            messages([["role": "assistant", "content": .string(String(repeating: "(no content)", count: count))]])
        ),
        (
            "reminders",
            messages([["role": "user", "content": .string(String(repeating: "<system-reminder>", count: count))]])
        ),
        ("tools", tools((0..<count).map { ("t.\($0)", ["type": "object"]) })),
        (
            "alike tools",
            tools((0..<2000).map { ("t." + String(repeating: "x", count: 70) + "\($0)", ["type": "object"]) })
        ),
        (
            "alternatives",
            tools([
                (
                    "f",
                    [
                        "anyOf": .array(
                            (0..<count).map { ["type": "object", "properties": .object([("p\($0)", true)].asObject)] })
                    ]
                )
            ])
        ),
        (
            "words",
            tools([("f", ["properties": ["a": ["anyOf": .array((0..<count).map { ["const": .string("w\($0)")] })]]])])
        ),
        (
            "references into a crowd",
            tools([
                (
                    "f",
                    [
                        "type": "object",
                        "properties": .object((0..<count).map { ("p\($0)", ["$ref": "#/$defs/d0"]) }.asObject),
                        "$defs": .object((0..<count).map { ("d\($0)", ["type": "string"]) }.asObject),
                    ]
                )
            ])
        ),
        (
            "a long description, many times",
            tools([
                (
                    "f",
                    [
                        "type": "object",
                        "properties": .object((0..<count).map { ("p\($0)", ["$ref": "#/$defs/d"]) }.asObject),
                        "$defs": [
                            "d": ["type": "string", "description": .string(String(repeating: "long ", count: 10_000))]
                        ],
                    ]
                )
            ])
        ),
    ]

    @Test(.timeLimit(.minutes(1)), arguments: bodies.indices)
    func `the work for a request grows no faster than its size`(index: Int) throws {
        let (name, body) = Self.bodies[index]
        var path = try DialectPath(body)
        let upstream = try path.upstreamBody()
        let size = body.serialized.count
        if upstream.count > 4 * size + (4 << 20) { Issue.record("\(name): \(size) bytes became \(upstream.count)") }
        #expect(path.decoder() is GeminiAnswerDecoder)
    }

    static let items: [(name: String, input: [JSONValue])] = [
        (
            "calls with one id, their outputs in front",
            each { ["type": "function_call_output", "call_id": .string("c\($0 % 2)"), "output": "x"] }
                + each { ["type": "function_call", "call_id": .string("c\($0 % 2)"), "name": "f", "arguments": "{}"] }
        ),
        (
            "outputs in front of their calls",
            each { ["type": "function_call_output", "call_id": .string("c\($0)"), "output": "x"] }
                + each { ["type": "function_call", "call_id": .string("c\(count - 1 - $0)"), "name": "f"] }
        ),
        (
            "outputs whose calls stand behind a message",
            each { ["type": "function_call_output", "call_id": .string("c\($0)"), "output": "x"] }
                + [["role": "user", "content": "Hi"]]
                + each { ["type": "function_call", "call_id": .string("c\($0)"), "name": "f"] }
        ),
        (
            "reasoning before one call",
            each { _ in
                ["type": "reasoning", "encrypted_content": .string("g1:" + String(repeating: "S", count: 64))]
            } + [["type": "function_call", "call_id": "c", "name": "f"]]
        ),
        (
            "shells named by their items",
            each { ["type": "local_shell_call", "id": .string("i\($0)"), "call_id": .string("c\($0)")] }
                + each { ["type": "local_shell_call_output", "id": .string("i\($0)"), "output": "x"] }
        ),
        (
            "references",
            [["type": "web_search_call", "id": "w"], ["role": "user", "content": "Hi"]]
                + each { _ in ["type": "item_reference", "id": "w"] }
        ),
    ]

    @Test(.timeLimit(.minutes(1)), arguments: items.indices)
    func `the work for items grows no faster than their number`(index: Int) throws {
        let (name, input) = Self.items[index]
        let body: JSONValue = [
            "model": "claude-sonnet-4-5", "input": .array([["role": "user", "content": "Hello"]] + input),
        ]
        var path = try DialectPath(body, as: OpenAIResponses())
        let upstream = try path.upstreamBody()
        let size = body.serialized.count
        if upstream.count > 4 * size + (4 << 20) { Issue.record("\(name): \(size) bytes became \(upstream.count)") }
    }

    private static func each(_ item: (Int) -> JSONValue) -> [JSONValue] { (0..<count).map(item) }

    @Test(.timeLimit(.minutes(1)))
    func `schemas that multiply in many tools are refused, known to the cache or not`() throws {
        var definitions: [(String, JSONValue)] = [("d20", ["type": "string"])]
        for level in 0..<20 {
            let next: JSONValue = ["$ref": .string("#/$defs/d\(level + 1)")]
            definitions.append(("d\(level)", ["type": "object", "properties": ["a": next, "b": next]]))
        }
        let body = Self.tools(
            (0..<20).map { index in
                (
                    "f\(index)",
                    ["$ref": "#/$defs/d0", "$defs": .object(definitions.asObject), "title": .string("t\(index)")]
                )
            })
        var path = try DialectPath(body)
        for _ in 0..<2 {
            let failure = #expect(throws: APIFailure.self) { try path.upstreamBody() }
            #expect(failure?.param == "tools")
        }
    }

    private static func messages(_ list: [JSONValue]) -> JSONValue {
        ["model": "gemini-3-flash", "messages": .array([["role": "user", "content": "Hello"]] + list)]
    }

    private static func calls(_ id: (Int) -> String) -> JSONValue {
        let calls = (0..<count).map { index -> JSONValue in
            ["id": .string(id(index)), "function": ["name": "f", "arguments": "{}"]]
        }
        let results = (0..<count).reversed().map { index -> JSONValue in
            ["role": "tool", "tool_call_id": .string(id(index)), "content": "x"]
        }
        var body = messages([["role": "assistant", "tool_calls": .array(calls)]] + results)
        body["model"] = "claude-sonnet-4-5"
        return body
    }

    private static func tools(_ list: [(String, JSONValue)]) -> JSONValue {
        var body = messages([])
        body["tools"] = .array(
            list.map { ["type": "function", "function": ["name": .string($0.0), "parameters": $0.1]] })
        return body
    }
}

extension [(String, JSONValue)] {
    fileprivate var asObject: JSONObject { JSONObject(map { (name: $0.0, value: $0.1) }) }
}
