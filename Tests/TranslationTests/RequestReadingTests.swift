import JSON
import Testing

@testable import Translation

/// Rules of reading that no recorded request would miss.
@Suite struct RequestReadingTests {
    private func inner(_ body: JSONValue, _ dialect: any ClientDialect) throws -> JSONValue {
        var path = try DialectPath(body, as: dialect)
        return try path.inner()
    }

    @Test func `a Gemini content with the role system is system text, not the user's`() throws {
        let body: JSONValue = [
            "contents": [
                ["role": "system", "parts": [["text": "Be brief."]]], ["role": "user", "parts": [["text": "Hi"]]],
            ]
        ]
        let inner = try inner(body, DialectUnderTest.gemini.dialect)
        #expect(inner["systemInstruction"]?["parts"] == [["text": "Be brief."]])
        #expect(inner["contents"] == [["role": "user", "parts": [["text": "Hi"]]]])
    }

    @Test func `reasoning in front of a user's message belongs to no call behind it`() throws {
        let seal = "g1:" + String(repeating: "S", count: 60)
        let call: JSONValue = ["type": "function_call", "call_id": "c1", "name": "look", "arguments": "{}"]
        let body: JSONValue = [
            "model": "gemini-3-flash", "tools": [["type": "function", "name": "look"]],
            "input": [
                ["role": "user", "content": "a"],
                ["type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": .string(seal)],
                ["role": "user", "content": "b"], call,
                ["type": "function_call_output", "call_id": "c1", "output": "x"],
            ],
        ]
        let parts = try inner(body, OpenAIResponses())["contents"]?.array?[1]["parts"]?.array
        #expect(parts?.map { $0["thoughtSignature"] } == ["skip_thought_signature_validator"])
    }

    @Test func `thinking that is disabled is off, not merely unmentioned`() throws {
        let body: JSONValue = [
            "model": "gemini-2.5-flash", "max_tokens": 9000, "thinking": ["type": "disabled"],
            "messages": [["role": "user", "content": "Hi"]],
        ]
        for dialect in [Anthropic(), OpenAIChat()] as [any ClientDialect] {
            let thinking = try inner(body, dialect)["generationConfig"]?["thinkingConfig"]
            #expect(thinking == ["includeThoughts": false, "thinkingBudget": 0])
        }
    }
}
