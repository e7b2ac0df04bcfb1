import Digest
import JSON
import Testing

@testable import Translation

/// Which signatures of an answer are kept, and under which keys the next turn finds them.
@Suite struct SignatureHarvestTests {
    static let signature = JSONString(String(repeating: "S", count: 60))
    static let other = JSONString(String(repeating: "T", count: 60))
    static let call = ToolCall(id: "call_1", name: "look", arguments: RawJSON(bytes: Array(#"{"a":1}"#.utf8)))

    private static var scope: SignatureScope {
        SignatureScope(session: SessionKey(source: "header", value: "s"), apiKeyID: "k")
    }

    private func signed(_ call: ToolCall = call, _ signature: JSONString = signature) -> ToolCall {
        var call = call
        call.signature = signature
        return call
    }

    private func harvest(
        _ model: String, _ events: [GenerationEvent], scope: SignatureScope? = scope, tools: Bool = true
    ) -> [PackedSignature] {
        var request = GenerationRequest(clientModel: model)
        if tools {
            request.tools = [
                ToolDeclaration(name: "look")
            ]
        }
        guard var harvest = SignatureHarvest(request, target: TargetModel(id: model), scope: scope) else { return [] }
        for event in events { harvest.observe(event) }
        return harvest.take()
    }

    /// What a later turn finds of these under a key.
    private func find(
        _ key: KnownSignatures.Key, in kept: [PackedSignature], family: String, scope: SignatureScope? = scope
    ) -> KnownSignatures.Entry? {
        let family = SignatureFamily(name: family)
        guard let packed = PackedKey(key, family: family, scope: scope) else { return nil }
        return kept.last { $0.key == packed }?.entry(family: family)
    }

    private func text(_ text: String) -> KnownSignatures.Key { .text(SHA256.hash(Array(text.utf8))) }
    private func thinking(_ text: String) -> KnownSignatures.Key { .thinking(SHA256.hash(Array(text.utf8))) }

    @Test func `a signed call is kept under its identifier, an unsigned sibling is not`() {
        var sibling = Self.call
        sibling.id = "call_2"
        let kept = harvest("gemini-3-flash", [.toolCall(signed()), .toolCall(sibling), .finished(.stop)])
        #expect(kept.count == 1)
        let entry = find(.call("call_1"), in: kept, family: "gemini-3")
        #expect(entry?.signature == Self.signature && entry?.call == CallMark(Self.call) && entry?.thinking == nil)
    }

    @Test func `a signature is kept as soon as it comes, not at the end of the answer`() throws {
        var harvest = try #require(
            SignatureHarvest(
                GenerationRequest(clientModel: "m"), target: TargetModel(id: "gemini-3-flash"), scope: Self.scope))
        harvest.observe(.toolCall(signed()))
        #expect(!harvest.isEmpty && harvest.take().count == 1 && harvest.isEmpty)
        harvest.observe(.text("Hi"))
        harvest.observe(.textSignature(Self.signature))
        #expect(harvest.take().count == 1)
        harvest.observe(.finished(.stop))
        #expect(harvest.take().isEmpty)
    }

    @Test func `Claude's thinking is kept by its text, and with the first call behind it`() {
        let kept = harvest(
            "claude-sonnet-4-5-thinking",
            [
                .thinking("The "), .thinking("moon\n"), .thinkingSignature(Self.signature), .text("I look."),
                .toolCall(Self.call), .toolCall(ToolCall(id: "call_2", name: "look", arguments: .emptyObject)),
                .finished(.stop),
            ])
        #expect(kept.count == 2)
        let thought = Thinking(text: JSONString("The moon\n"), signature: Self.signature)
        #expect(find(thinking("The moon\n"), in: kept, family: "claude")?.signature == Self.signature)
        let call = find(.call("call_1"), in: kept, family: "claude")
        #expect(call?.thinking == thought && call?.signature.isEmpty == true && call?.call == CallMark(Self.call))
        #expect(find(thinking("The moon\n"), in: kept, family: "gemini-3") == nil)
    }

    @Test func `thinking that is too long to be put back is known by its text alone`() {
        let long = JSONString(String(repeating: "x", count: SignatureHarvest.thinkingSizeMaxBytes))
        for (more, count) in [("", 2), ("y", 1)] {
            let kept = harvest(
                "claude-sonnet-4-5-thinking",
                [
                    .thinking(long), .thinking(JSONString(more)), .thinkingSignature(Self.signature),
                    .toolCall(Self.call),
                ]
            )
            #expect(kept.count == count)
        }
    }

    @Test func `thinking without a signature is not put in front of a call`() {
        let kept = harvest("claude-sonnet-4-5-thinking", [.thinking("a"), .toolCall(Self.call)])
        #expect(kept.isEmpty)
    }

    @Test func `each thought is signed by the signature behind it`() {
        let kept = harvest(
            "claude-sonnet-4-5-thinking",
            [
                .thinking("one"), .thinkingSignature(Self.signature), .thinking("two"), .thinkingSignature(Self.other),
                .toolCall(Self.call),
            ])
        #expect(find(thinking("one"), in: kept, family: "claude")?.signature == Self.signature)
        #expect(find(thinking("two"), in: kept, family: "claude")?.signature == Self.other)
        #expect(find(.call("call_1"), in: kept, family: "claude")?.thinking?.text == "two")
    }

    @Test func `a signed text is kept whole, in its session only`() {
        let kept = harvest(
            "gemini-3-flash", [.text("Hi "), .text("\"you\""), .textSignature(Self.signature), .finished(.stop)])
        #expect(kept.count == 1)
        let key = text("Hi \"you\"")
        #expect(find(key, in: kept, family: "gemini-3")?.signature == Self.signature)
        let elsewhere = SignatureScope(session: SessionKey(source: "header", value: "t"), apiKeyID: "k")
        #expect(find(key, in: kept, family: "gemini-3", scope: elsewhere) == nil)
        #expect(harvest("gemini-3-flash", [.text("Hi"), .textSignature(Self.signature)], scope: nil).isEmpty)
    }

    @Test func `text around a call is known as clients give it back, together and by the run`() {
        let kept = harvest(
            "gemini-3-flash",
            [.text("before "), .toolCall(Self.call), .text("after"), .textSignature(Self.signature), .finished(.stop)])
        for found in ["before after", "after"] {
            #expect(find(text(found), in: kept, family: "gemini-3")?.signature == Self.signature)
        }
        #expect(find(text("before "), in: kept, family: "gemini-3") == nil)
    }

    @Test func `a signature in the middle of a text is kept for the whole of it`() {
        let kept = harvest(
            "gemini-2.5-flash", [.text("a"), .textSignature(Self.signature), .text("b"), .finished(.stop)])
        #expect(find(text("ab"), in: kept, family: "gemini-2.5")?.signature == Self.signature)
    }

    @Test func `what is no signature is not kept`() {
        let events: [GenerationEvent] = [
            .text("a"), .textSignature("short"), .thinking("b"), .thinkingSignature("short"),
            .toolCall(signed(Self.call, "short")), .textSignature(Self.signature), .finished(.stop),
        ]
        #expect(harvest("gemini-3-flash", events).isEmpty)
    }

    @Test func `nothing longer than the store takes is kept`() {
        let long = JSONString(String(repeating: "S", count: PackedSignature.valueSizeMaxBytes))
        #expect(harvest("gemini-3-flash", [.toolCall(signed(Self.call, long))]).isEmpty)
    }

    @Test func `models that sign nothing cost nothing`() {
        let request = GenerationRequest(clientModel: "m")
        for model in ["gpt-oss-120b-medium", "gemini-1.5-pro"] {
            #expect(SignatureHarvest(request, target: TargetModel(id: model), scope: Self.scope) == nil)
        }
        let events: [GenerationEvent] = [.text("a"), .textSignature(Self.signature)]
        #expect(harvest("gemini-2.5-flash", events, tools: false).isEmpty)
    }
}
