import JSON
import Testing

@testable import Translation

/// An answer, a client that gives back what it shows, and the next request: with the store in between the upstream gets its own
/// signatures back, each in its place.
@Suite struct SignatureRoundTripTests {
    private static let signature = String(repeating: "S", count: 60)
    private static let claudeSignature = String(
        decoding: Base64.encode(Array(("E" + String(repeating: "A", count: 59)).utf8)), as: UTF8.self)

    private static let look: JSONValue = [
        "functionCall": ["name": "look", "args": ["b": 1, "a": "é"]], "thoughtSignature": .string(signature),
    ]
    private static let unsigned: JSONValue = ["functionCall": ["name": "look", "args": ["b": 1, "a": "é"]]]

    private static func body(_ model: String, _ messages: [JSONValue]) -> JSONValue {
        [
            "model": .string(model), "session_id": "s", "messages": .array(messages),
            "tools": [["type": "function", "function": ["name": "look"]]],
        ]
    }

    /// What goes upstream in the second turn when the first was answered with these parts.
    private func nextTurn(
        _ model: String, _ parts: [JSONValue], then second: String? = nil
    ) throws -> (parts: [JSONValue], inner: JSONValue) {
        let scope = SignatureScope(session: SessionKey(source: "body", value: "s"), apiKeyID: "k")
        let asked: JSONValue = ["role": "user", "content": "Go"]
        var path = try DialectPath(Self.body(model, [asked]))
        let payload: JSONValue = [
            "response": [
                "candidates": [["content": ["role": "model", "parts": .array(parts)], "finishReason": "STOP"]]
            ]
        ]
        let text = String(decoding: payload.serialized, as: UTF8.self)
        let message = try path.answer([text])["choices"]?.array?[0]["message"] ?? .null
        var harvest = SignatureHarvest(path.request, target: path.target.model, scope: scope)
        for event in try path.events([text]) { harvest?.observe(event) }
        var messages = [asked, Self.withoutGoogle(message)]
        for call in message["tool_calls"]?.array ?? [] {
            messages.append(["role": "tool", "tool_call_id": call["id"] ?? .null, "content": "done"])
        }
        messages.append(["role": "user", "content": "More"])
        var next = try DialectPath(Self.body(second ?? model, messages))
        let kept = harvest?.take() ?? []
        if let question = SignatureQuestion(next.request, target: next.target.model, scope: scope) {
            let asked = Set(question.missing.map(\.packed))
            let isSame = SignatureFamily(modelID: next.target.model.id) == harvest?.family
            next.target.signatures = question.known(isSame ? kept.filter { asked.contains($0.key) } : [], foreign: [])
        }
        let inner = try next.inner()
        let contents = inner["contents"]?.array ?? []
        return (contents.filter { $0["role"] == "model" }.flatMap { $0["parts"]?.array ?? [] }, inner)
    }

    /// What most clients keep of a message.
    private static func withoutGoogle(_ message: JSONValue) -> JSONValue {
        var kept: JSONValue = ["role": "assistant", "content": message["content"] ?? .null]
        if let calls = message["tool_calls"]?.array {
            kept["tool_calls"] = .array(
                calls.map { call in
                    var call = call
                    call["extra_content"] = nil
                    return call
                })
        }
        return kept
    }

    @Test func `the first call has its signature again, its sibling none`() throws {
        let parts = try nextTurn("gemini-3-flash", [["text": "I look."], Self.look, Self.unsigned]).parts
        #expect(parts.map { $0["thoughtSignature"] } == [nil, .string(Self.signature), nil])
    }

    @Test func `a text has its signature again, that came on it or behind it`() throws {
        let signature = JSONValue.string(Self.signature)
        for answer: [JSONValue] in [
            [["text": "Hi \"you\""], ["text": "", "thoughtSignature": signature]],
            [["text": "Hi "], ["text": "\"you\"", "thoughtSignature": signature]],
        ] {
            let parts = try nextTurn("gemini-3-flash", answer).parts
            #expect(parts == [["text": "Hi \"you\"", "thoughtSignature": signature]])
        }
    }

    @Test func `Claude's thinking stands in front of its call again`() throws {
        let signature = JSONValue.string(Self.claudeSignature)
        let (parts, inner) = try nextTurn(
            "claude-sonnet-4-5-thinking",
            [
                ["text": "The moon", "thought": true], ["text": "", "thought": true, "thoughtSignature": signature],
                ["text": "I look."], Self.unsigned,
            ])
        #expect(parts.first == ["text": "The moon", "thought": true, "thoughtSignature": signature])
        #expect(inner["generationConfig"]?["thinkingConfig"] != nil)
    }

    @Test func `another family gets nothing of it`() throws {
        let claude = try nextTurn("gemini-3-flash", [Self.look, Self.unsigned], then: "claude-sonnet-4-5").parts
        #expect(claude.allSatisfy { $0["thoughtSignature"] == nil })
        let older = try nextTurn("gemini-3-flash", [Self.look], then: "gemini-2.5-flash").parts
        #expect(older.allSatisfy { $0["thoughtSignature"] == nil })
    }
}
