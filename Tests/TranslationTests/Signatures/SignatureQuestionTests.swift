import JSON
import Testing

@testable import Translation

/// What the store is asked for a request, and what its answer does to the request.
@Suite struct SignatureQuestionTests {
    static let signature = String(repeating: "S", count: 60)
    static let claudeSignature = String(
        decoding: Base64.encode(Array(("E" + String(repeating: "A", count: 59)).utf8)), as: UTF8.self)

    private static var scope: SignatureScope {
        SignatureScope(session: SessionKey(source: "header", value: "s"), apiKeyID: "k")
    }

    private func call(_ id: String, signature: String? = nil) -> Turn.Part {
        .toolCall(ToolCall(id: id, name: "look", arguments: .emptyObject, signature: signature.map { JSONString($0) }))
    }

    private func thought(_ text: String, _ signature: String? = nil, redacted: Bool = false) -> Turn.Part {
        .thinking(
            Thinking(text: JSONString(text), signature: signature.map { JSONString($0) }, isRedacted: redacted))
    }

    private func request(_ turns: [[Turn.Part]], model: String) -> GenerationRequest {
        var request = GenerationRequest(clientModel: model)
        request.turns = turns.flatMap { parts in
            [Turn(role: .user, parts: [.text("Go")]), Turn(role: .assistant, parts: parts)]
        }
        request.turns.append(Turn(role: .user, parts: [.text("Go")]))
        return request
    }

    private func ask(
        _ model: String, _ turns: [Turn.Part]..., scope: SignatureScope? = scope, thinking: ThinkingWish = .unspecified
    ) -> SignatureQuestion? {
        var request = request(turns, model: model)
        request.thinking = thinking
        return SignatureQuestion(request, target: TargetModel(id: model), scope: scope)
    }

    private func ids(_ items: [SignatureQuestion.Item]?) -> [String] {
        (items ?? []).map { item in
            switch item.key {
            case .call(let id): id
            case .thinking: "thought"
            case .thinkingOfAny: "thought of any"
            case .text: "text"
            }
        }
    }

    @Test func `a request without a history asks nothing`() {
        #expect(ask("gemini-3-flash") == nil)
        #expect(ask("claude-sonnet-4-5-thinking") == nil)
    }

    @Test func `Gemini asks for every call without a signature, the newest first`() {
        let question = ask("gemini-3-flash", [call("a")], [call("b"), call("c", signature: Self.signature)])
        #expect(ids(question?.missing) == ["b", "a"] && ids(question?.signed) == ["c"])
        #expect(question?.family.name == "gemini-3")
    }

    @Test(
        "what is no signature of Gemini's counts as missing",
        arguments: ["skip_thought_signature_validator", "short", claudeSignature])
    func unusable(signature: String) {
        let question = ask("gemini-3-flash", [call("a", signature: signature)])
        #expect(ids(question?.missing) == ["a"] && question?.signed.isEmpty == true)
    }

    @Test func `Gemini asks for texts only where the conversation has a name`() {
        #expect(ids(ask("gemini-3-flash", [.text("Hi")])?.missing) == ["text"])
        #expect(ids(ask("gemini-3-flash", [.text("Hi", signature: JSONString(Self.signature))])?.signed) == ["text"])
        #expect(ask("gemini-3-flash", [.text("Hi")], scope: nil) == nil)
        #expect(ask("gemini-3-flash", [.text("")]) == nil)
        #expect(ask("gemini-2.5-flash", [.text("Hi")]) == nil, "it signs no text without tools")
    }

    @Test func `Claude asks for thoughts, and for the first call of a content that has none`() {
        let model = "claude-sonnet-4-5-thinking"
        #expect(ids(ask(model, [.text("I look."), call("a"), call("b")])?.missing) == ["a"])
        #expect(ids(ask(model, [thought("T"), call("a")])?.missing) == ["thought", "a"])
        #expect(ask(model, [thought("T", Self.claudeSignature), call("a")]) == nil)
        #expect(ids(ask(model, [thought("", nil, redacted: true), call("a")])?.missing) == ["a"])
        #expect(ids(ask(model, [thought("T", Self.signature)])?.missing) == ["thought"])
    }

    @Test func `Claude without thinking asks nothing`() {
        #expect(ask("claude-sonnet-4-5", [thought("T"), call("a")]) == nil)
        #expect(ask("claude-sonnet-4-5-thinking", [call("a")], thinking: .off) == nil)
    }

    @Test func `a model without signatures asks nothing`() {
        #expect(ask("gpt-oss-120b-medium", [call("a")]) == nil)
    }

    @Test func `the same key is asked for once, and no more than the limit`() {
        #expect(ids(ask("gemini-3-flash", [call("a"), call("a")])?.missing) == ["a"])
        let calls = (0..<SignatureQuestion.countMax + 10).map { call("call_\($0)") }
        let question = ask("gemini-3-flash", calls)
        #expect(question?.missing.count == SignatureQuestion.countMax)
        #expect(ids(question?.missing).first == "call_\(calls.count - 1)")
    }

    // MARK: The answer

    /// The signature of the call that goes upstream, with what the store says about it.
    private func sent(
        _ known: (SignatureQuestion) -> KnownSignatures, own: String?, model: String = "gemini-3-flash"
    ) throws -> String? {
        let request = request([[call("a", signature: own)]], model: model)
        let target = TargetModel(id: model)
        let question = try #require(SignatureQuestion(request, target: target, scope: nil))
        let plan = try RequestPlan(
            request,
            target: UpstreamTarget(model: target, project: nil, requestID: "r", signatures: known(question)))
        for case .call(let call) in plan.contents.flatMap(\.parts) { return call.signature?.decoded }
        return nil
    }

    private func found(_ name: String) -> (SignatureQuestion) -> KnownSignatures {
        { question in
            let made = ToolCall(id: "a", name: name, arguments: .emptyObject)
            let entry = KnownSignatures.Entry(
                signature: JSONString(Self.signature), family: question.family, call: CallMark(made))
            return question.known(question.missing.compactMap { PackedSignature($0.packed, entry) }, foreign: [])
        }
    }

    @Test func `a found signature goes on its call`() throws {
        #expect(try sent(found("look"), own: nil) == Self.signature)
    }

    @Test func `a found signature of another call under the same identifier does not`() throws {
        #expect(try sent(found("listen"), own: nil) == "skip_thought_signature_validator")
    }

    @Test func `a signature that the client gives to another family is dropped`() throws {
        let foreign: (SignatureQuestion) -> KnownSignatures = { $0.known([], foreign: $0.signed.map(\.packed)) }
        #expect(try sent(foreign, own: Self.signature) == "skip_thought_signature_validator")
        #expect(try sent(foreign, own: Self.signature, model: "gemini-2.5-flash") == nil)
        #expect(try sent({ $0.known([], foreign: []) }, own: Self.signature) == Self.signature)
    }

    @Test func `a key that was not asked for is not believed`() throws {
        let question = try #require(ask("gemini-3-flash", [call("a")]))
        let entry = KnownSignatures.Entry(signature: JSONString(Self.signature), family: question.family)
        let packed = try #require(PackedSignature(PackedKey(space: 0, bytes: Array("b".utf8)), entry))
        #expect(question.known([packed], foreign: [PackedKey(space: 0, bytes: [9])]).entries.isEmpty)
    }
}
