import Digest
import JSON
import Testing

@testable import Translation

/// Signatures from the store, from clients, and after a refusal.
@Suite struct SignatureTests {
    static let signature = String(repeating: "S", count: 60)
    /// Anthropic's own form, and the same encoded once more as the upstream wants it.
    static let single = "E" + String(repeating: "A", count: 59)
    static let double = String(decoding: Base64.encode(Array(single.utf8)), as: UTF8.self)

    private func history(_ model: String, thinking: JSONValue? = nil) -> JSONValue {
        var assistant: JSONValue = [
            "role": "assistant", "content": "I look.",
            "tool_calls": [
                ["id": "call_1", "type": "function", "function": ["name": "look", "arguments": "{}"]],
                ["id": "call_2", "type": "function", "function": ["name": "look", "arguments": "{}"]],
            ],
        ]
        if let thinking { assistant["reasoning_details"] = [thinking] }
        return [
            "model": .string(model),
            "messages": [
                ["role": "user", "content": "Look"], assistant,
                ["role": "tool", "tool_call_id": "call_1", "content": "a"],
                ["role": "tool", "tool_call_id": "call_2", "content": "b"],
            ],
            "tools": [["type": "function", "function": ["name": "look"]]],
        ]
    }

    private func parts(_ body: JSONValue, _ known: KnownSignatures, repair: RequestRepair? = nil) throws -> (
        parts: [JSONValue], inner: JSONValue
    ) {
        var path = try DialectPath(body, signatures: known)
        path.target.repair = repair
        let inner = try path.inner()
        return (inner["contents"]?.array?[1]["parts"]?.array ?? [], inner)
    }

    /// The request without what signs its parts.
    private func unsigned(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(unsigned))
        case .object(let object):
            let kept = object.members.filter { $0.name != "thoughtSignature" }
            return .object(JSONObject(kept.map { (name: $0.name, value: unsigned($0.value)) }))
        default: return value
        }
    }

    private func known(_ family: String, thinking: Thinking? = nil) -> KnownSignatures {
        KnownSignatures([
            .call("call_1"): .init(
                signature: JSONString(Self.signature), family: SignatureFamily(name: family), thinking: thinking)
        ])
    }

    @Test func `a known signature goes on its call and on no other`() throws {
        let parts = try parts(history("gemini-3-flash"), known("gemini-3")).parts
        #expect(parts.map { $0["thoughtSignature"] } == [nil, .string(Self.signature), nil])
    }

    @Test func `a signature of another family gives way to the skip word`() throws {
        let parts = try parts(history("gemini-3-flash"), known("gemini-3.1")).parts
        #expect(parts.map { $0["thoughtSignature"] } == [nil, "skip_thought_signature_validator", nil])
    }

    @Test func `Claude calls carry no signature, whatever is known`() throws {
        let parts = try parts(history("claude-sonnet-4-5"), known("claude")).parts
        #expect(parts.allSatisfy { $0["thoughtSignature"] == nil })
    }

    @Test func `thinking that stood before a Claude call comes back when thinking is wished`() throws {
        let thinking = Thinking(text: "The moon.", signature: JSONString(Self.double))
        let known = known("claude", thinking: thinking)
        let (parts, inner) = try parts(history("claude-sonnet-4-5-thinking"), known)
        #expect(parts.first == ["text": "The moon.", "thought": true, "thoughtSignature": .string(Self.double)])
        #expect(inner["generationConfig"]?["thinkingConfig"]?["thinkingBudget"] == 16000)
        let plain = try self.parts(history("claude-sonnet-4-5"), known).parts
        #expect(plain.allSatisfy { $0["thought"] == nil })
    }

    @Test func `thinking known by its text is sent with its signature`() throws {
        let text = "The moon."
        let known = KnownSignatures([
            .thinking(SHA256.hash(Array(text.utf8))): .init(
                signature: JSONString(Self.double), family: SignatureFamily(name: "claude"))
        ])
        let parts = try parts(
            history(
                "claude-sonnet-4-5-thinking",
                thinking: ["type": "reasoning.text", "text": .string(text), "signature": "short"]), known
        ).parts
        #expect(parts.first?["thoughtSignature"] == .string(Self.double))
    }

    @Test func `Anthropic's own form is encoded once more, the upstream's form stays`() throws {
        for (given, sent) in [(Self.single, Self.double), (Self.double, Self.double)] {
            let thinking: JSONValue = ["type": "reasoning.text", "text": "T", "signature": .string(given)]
            let parts = try parts(history("claude-sonnet-4-5-thinking", thinking: thinking), .none).parts
            #expect(parts.first?["thoughtSignature"] == .string(sent))
        }
    }

    @Test func `thinking signed by Claude is nothing for Gemini, not even text`() throws {
        let thinking: JSONValue = ["type": "reasoning.text", "text": "Secret", "signature": .string(Self.double)]
        let (parts, inner) = try parts(history("gemini-3-flash", thinking: thinking), .none)
        #expect(parts.count == 3)
        #expect(!String(decoding: inner.serialized, as: UTF8.self).contains("Secret"))
    }

    @Test(arguments: ["gemini-3-flash", "claude-sonnet-4-5"])
    func `thinking that is left out is text of the model only if the operator wants it`(model: String) throws {
        let thinking: JSONValue = ["type": "reasoning.text", "text": "Secret", "signature": .string(Self.double)]
        for keeps in [false, true] {
            var path = try DialectPath(history(model, thinking: thinking))
            path.target.settings.keepsDroppedThinking = keeps
            let parts = try path.inner()["contents"]?.array?[1]["parts"]?.array ?? []
            let texts = parts.compactMap { $0["text"]?.string }
            #expect(texts == (keeps ? ["Secret", "I look."] : ["I look."]))
            #expect(parts.allSatisfy { $0["thought"] == nil })
        }
    }

    @Test func `thinking that goes as such, that is blank or that nobody can read does not become text`() throws {
        let thinking: JSONValue = ["type": "reasoning.text", "text": "Secret", "signature": .string(Self.double)]
        var path = try DialectPath(history("claude-sonnet-4-5-thinking", thinking: thinking))
        path.target.settings.keepsDroppedThinking = true
        let parts = try path.inner()["contents"]?.array?[1]["parts"]?.array ?? []
        #expect(parts.filter { $0["text"] == "Secret" }.map { $0["thought"] } == [true])
        let message: JSONValue = [
            "role": "assistant",
            "content": [
                ["type": "redacted_thinking", "data": "Sealed"],
                ["type": "thinking", "thinking": " \n", "signature": ""], ["type": "text", "text": "Hi"],
            ],
        ]
        var blank = try DialectPath(
            [
                "model": "claude-sonnet-4-5", "max_tokens": 100,
                "messages": [["role": "user", "content": "a"], message, ["role": "user", "content": "b"]],
            ], as: Anthropic())
        blank.target.settings.keepsDroppedThinking = true
        #expect(try blank.inner()["contents"]?.array?[1]["parts"] == [["text": "Hi"]])
    }

    @Test func `the repair leaves out signatures and thoughts and nothing else`() throws {
        let thinking: JSONValue = ["type": "reasoning.text", "text": "T", "signature": .string(Self.double)]
        let claude = try parts(history("claude-sonnet-4-5-thinking", thinking: thinking), .none, repair: .signatures)
        #expect(claude.parts.allSatisfy { $0["thought"] == nil && $0["thoughtSignature"] == nil })
        #expect(claude.inner["generationConfig"]?["thinkingConfig"] == nil)
        let talk: JSONValue = [
            "model": "claude-sonnet-4-5-thinking",
            "messages": [
                ["role": "user", "content": "Hi"], ["role": "assistant", "content": "Hello"],
                ["role": "user", "content": "More"],
            ],
        ]
        #expect(try parts(talk, .none).inner["generationConfig"]?["thinkingConfig"] != nil)
        #expect(try parts(talk, .none, repair: .signatures).inner["generationConfig"]?["thinkingConfig"] == nil)
        let before = try parts(history("gemini-3-flash"), known("gemini-3"))
        let after = try parts(history("gemini-3-flash"), known("gemini-3"), repair: .signatures)
        #expect(after.parts.map { $0["thoughtSignature"] } == [nil, "skip_thought_signature_validator", nil])
        #expect(unsigned(after.inner) == unsigned(before.inner))
        var body = history("gemini-3-flash")
        body["reasoning_effort"] = "high"
        #expect(try parts(body, .none, repair: .thinkingConfiguration).inner["generationConfig"] == nil)
    }

    /// A newer model must not have to be known by name before its tool loops work.
    @Test(arguments: [
        ("gemini-3-flash", "gemini-3", true), ("gemini-3-pro-high", "gemini-3", true),
        ("gemini-3.1-pro-high", "gemini-3.1", true), ("gemini-pro-agent", "gemini", true),
        ("gemini-3-flash-agent", "gemini-3", true), ("gemini-4-ultra", "gemini-4", true),
        ("gemini-2.5-flash", "gemini-2.5", false), ("gemini-2.5-pro", "gemini-2.5", false),
        ("gemini-1.5-flash", "gemini-1.5", false), ("claude-sonnet-4-5", "claude", false),
        ("Claude-Opus-4-6-thinking", "claude", false), ("gpt-oss-120b-medium", "gpt-oss-120b-medium", false),
    ])
    func `an id tells whose signatures a model reads, and whether it insists on them`(
        id: String, family: String, validates: Bool
    ) throws {
        #expect(SignatureFamily(modelID: id).name == family)
        #expect(TargetModel(id: id).validatesSignatures == validates)
        guard id.hasPrefix("gemini-") else { return }
        var path = try DialectPath(history("gemini-3-flash"))
        path.target.model = TargetModel(id: id)
        let parts = try path.inner()["contents"]?.array?[1]["parts"]?.array ?? []
        let first: JSONValue? = validates ? "skip_thought_signature_validator" : nil
        #expect(parts.map { $0["thoughtSignature"] } == [nil, first, nil])
    }

    @Test func `a refusal names its repair`() {
        #expect(RequestRepair(refusal: "Unsupported: thinking_level") == .thinkingConfiguration)
        #expect(RequestRepair(refusal: "Corrupted thought signature.") == .signatures)
    }
}
