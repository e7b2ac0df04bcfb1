import JSON
import Testing

@testable import Translation

@Suite struct ClaudeCodeTrafficTests {
    private func request(_ members: JSONValue) throws -> GenerationRequest {
        var body = members
        body["model"] = "claude-sonnet-4-5"
        return try Anthropic().decode(.json(try JSONDocument(parsing: body.serialized)))
    }

    private func user(_ content: JSONValue) -> JSONValue { ["messages": [["role": "user", "content": content]]] }

    @Test func `only a conversation of the one word is a warm-up, and only where it is wished`() throws {
        var settings = TranslationSettings()
        var warmup = try request(user("Warmup"))
        #expect(Anthropic().ownAnswer(to: &warmup, by: settings) == nil)
        settings.answersWarmup = true
        #expect(Anthropic().ownAnswer(to: &warmup, by: settings)?.count == 2)
        #expect(warmup.answerFields == [.init(name: "X-Warmup-Intercepted", value: "true")])
        let others: [JSONValue] = [
            user("Warmup "), user("warmup"), user("Warmup the engine"),
            user([
                ["type": "text", "text": "Warmup"], ["type": "text", "text": "<system-reminder>x</system-reminder>"],
            ]),
            ["messages": [["role": "user", "content": "Hi"], ["role": "user", "content": "Warmup"]]],
        ]
        for other in others {
            var normal = try request(other)
            #expect(Anthropic().ownAnswer(to: &normal, by: settings) == nil)
            #expect(normal.answerFields.isEmpty)
        }
    }

    @Test func `a marker moves a request without tools to the background model, and changes nothing else`() throws {
        var settings = TranslationSettings()
        let title = try request(user("Write a 5-10 word title for this conversation: ..."))
        #expect(Anthropic().servedModel(of: title, by: settings) == "claude-sonnet-4-5")
        settings.backgroundMarkers = ["", "5-10 word title"]
        #expect(Anthropic().servedModel(of: title, by: settings) == "internal-background-task")
        var bySystem = user("Go")
        bySystem["system"] = "You make a 5-10 word title."
        #expect(Anthropic().servedModel(of: try request(bySystem), by: settings) == "internal-background-task")
        var withTools = user("Write a 5-10 word title")
        withTools["tools"] = [["name": "look", "input_schema": ["type": "object"]]]
        #expect(Anthropic().servedModel(of: try request(withTools), by: settings) == "claude-sonnet-4-5")
        let earlier: JSONValue = [
            "messages": [
                ["role": "user", "content": "Write a 5-10 word title"], ["role": "assistant", "content": "Title"],
                ["role": "user", "content": "Now the code"],
            ]
        ]
        #expect(Anthropic().servedModel(of: try request(earlier), by: settings) == "claude-sonnet-4-5")
    }
}
