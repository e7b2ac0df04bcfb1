import JSON
import Testing

@testable import Translation

/// Thoughts that clients give back in pieces, without their text, or to another family.
@Suite struct ThoughtsFromHistoryTests {
    private static let claude = "claude-sonnet-4-5-thinking"
    private static let signature = SignatureQuestionTests.claudeSignature

    private func native(_ thoughts: [JSONValue], model: String = claude) throws -> DialectPath {
        let call: JSONValue = ["functionCall": ["name": "look", "id": "c", "args": [:]]]
        let body: JSONValue = [
            "contents": .array(
                [["role": "user", "parts": [["text": "Go"]]]]
                    + (thoughts + [call]).map { ["role": "model", "parts": [$0]] }
                    + [
                        [
                            "role": "user",
                            "parts": [["functionResponse": ["name": "look", "id": "c", "response": [:]]]],
                        ]
                    ]
            ),
            "tools": [["functionDeclarations": [["name": "look"]]]],
            "generationConfig": ["thinkingConfig": ["includeThoughts": true, "thinkingBudget": 2048]],
        ]
        return try DialectPath(body, as: GeminiNative(model: model, framing: nil))
    }

    private func thought(_ text: String, signed: Bool = false) -> JSONValue {
        var part: JSONValue = ["text": .string(text), "thought": true]
        if signed { part["thoughtSignature"] = .string(Self.signature) }
        return part
    }

    @Test func `Claude gets a thought whole that a stream brought in pieces`() throws {
        for pieces in [
            [thought("I thi"), thought("nk."), thought("", signed: true)],
            [thought("I thi"), thought("nk.", signed: true)],
            [thought("I think.", signed: true)],
        ] {
            var path = try native(pieces)
            let inner = try path.inner()
            let parts = inner["contents"]?.array?[1]["parts"]?.array ?? []
            #expect(parts.first?["text"] == "I think." && parts.first?["thoughtSignature"] == .string(Self.signature))
            #expect(parts.count == 2 && inner["generationConfig"]?["thinkingConfig"] != nil)
        }
    }

    @Test func `one signed thought ends where the next begins`() throws {
        var path = try native([thought("a", signed: true), thought("b"), thought("c", signed: true)])
        let parts = try path.inner()["contents"]?.array?[1]["parts"]?.array ?? []
        #expect(parts.compactMap { $0["text"]?.string } == ["a", "bc"])
    }

    @Test func `Gemini gets the parts as they came`() throws {
        var path = try native(
            [
                thought("I thi"),
                ["text": "nk.", "thought": true, "thoughtSignature": .string(SignatureTests.signature)],
            ],
            model: "gemini-3-flash")
        let parts = try path.inner()["contents"]?.array?[1]["parts"]?.array ?? []
        #expect(parts.first?["text"] == "nk.")
    }

    @Test func `a thought of which the client has the signature alone is asked for by its call`() throws {
        let body: JSONValue = [
            "model": .string(Self.claude), "max_tokens": 8000, "thinking": ["type": "enabled", "budget_tokens": 2048],
            "messages": [
                ["role": "user", "content": "Go"],
                [
                    "role": "assistant",
                    "content": [
                        ["type": "thinking", "thinking": "", "signature": .string(Self.signature)],
                        ["type": "tool_use", "id": "c", "name": "look", "input": [:]],
                    ],
                ],
                ["role": "user", "content": [["type": "tool_result", "tool_use_id": "c", "content": "ok"]]],
            ],
            "tools": [["name": "look", "input_schema": ["type": "object"]]],
        ]
        var path = try DialectPath(body, as: Anthropic())
        let question = SignatureQuestion(path.request, target: path.target.model, scope: nil)
        #expect(question?.missing.map(\.key) == [.call("c")])

        let thought = Thinking(text: "I think.", signature: JSONString(Self.signature))
        path.target.signatures = KnownSignatures([
            .call("c"): .init(signature: "", family: SignatureFamily(name: "claude"), thinking: thought)
        ])
        let inner = try path.inner()
        #expect(inner["contents"]?.array?[1]["parts"]?.array?.first?["text"] == "I think.")
        #expect(inner["generationConfig"]?["thinkingConfig"] != nil)
    }

    // MARK: Of another family

    private func asked(_ signature: String, _ model: String) throws -> (path: DialectPath, question: SignatureQuestion?)
    {
        let body: JSONValue = [
            "model": .string(model), "max_tokens": 8000, "thinking": ["type": "enabled", "budget_tokens": 2048],
            "messages": [
                ["role": "user", "content": "Go"],
                [
                    "role": "assistant",
                    "content": [
                        ["type": "thinking", "thinking": "deep", "signature": .string(signature)],
                        ["type": "text", "text": "Gone."],
                    ],
                ],
                ["role": "user", "content": "More"],
            ],
        ]
        let path = try DialectPath(body, as: Anthropic())
        return (path, SignatureQuestion(path.request, target: path.target.model, scope: nil))
    }

    @Test(arguments: [claude, "gemini-3-flash"])
    func `a signed thought that another family is known for is left out`(model: String) throws {
        var (path, question) = try asked(SignatureTests.single, model)
        let key = KnownSignatures.Key.thinkingOfAny(SignatureDigest.of("deep"))
        #expect(question?.signed.map(\.key) == [key])
        #expect(try path.inner()["contents"]?.array?[1]["parts"]?.array?.count == 2)
        path.target.signatures = question?.known([], foreign: question?.signed.map(\.packed) ?? []) ?? .none
        #expect(try path.inner()["contents"]?.array?[1]["parts"]?.array?.compactMap { $0["text"] } == ["Gone."])
    }

    @Test func `what Claude signed by way of Google needs no question`() throws {
        let (_, question) = try asked(Self.signature, Self.claude)
        #expect(question == nil)
    }

    @Test(arguments: [("gemini-3-flash", true), (claude, false)])
    func `whose a thought is is kept for those that do not show it`(model: String, isKept: Bool) {
        let request = GenerationRequest(clientModel: model)
        var harvest = SignatureHarvest(request, target: TargetModel(id: model), scope: nil)
        harvest?.observe([.thinking("deep"), .thinkingSignature(JSONString(SignatureTests.single))])
        #expect(harvest?.take().contains { $0.key.space == 3 } == isKept)
    }
}
