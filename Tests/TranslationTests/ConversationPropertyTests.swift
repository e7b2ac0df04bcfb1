import APIErrors
import JSON
import Testing

@testable import Translation

/// Properties of whole requests over random conversations and broken bodies.
@Suite struct ConversationPropertyTests {
    static let models = ["gemini-3-flash", "gemini-2.5-flash", "claude-sonnet-4-5", "gpt-4o", "gemini-3-pro-high"]

    @Test(arguments: models)
    func `one more exchange leaves the contents before it as they were`(model: String) throws {
        for seed in 0..<120 {
            var random = Seeded(UInt64(seed))
            var conversation = RandomConversation()
            var before: [UInt8] = []
            for turn in 0..<6 {
                conversation.addExchange(&random)
                let body = conversation.body(model: model)
                var path = try DialectPath(body)
                let upstream = try path.upstreamBody()
                var again = try DialectPath(body)
                #expect(try again.upstreamBody() == upstream)
                let contents = try contentsText(upstream)
                if !contents.starts(with: before) {
                    Issue.record("seed \(seed), turn \(turn): the contents before changed")
                    return
                }
                before = Array(contents.dropLast())
                try UpstreamRules(isClaude: model.contains("claude")).check(try JSONValue(parsing: upstream))
            }
        }
    }

    @Test(arguments: Fixtures.cases(in: "requests/openai-chat", ending: ".json"))
    func `recorded requests keep the upstream's rules`(name: String) throws {
        var path = try DialectPath(try Fixtures.read("requests/openai-chat/\(name).json"))
        try UpstreamRules(isClaude: path.target.model.isClaude).check(try path.upstream())
    }

    @Test(arguments: Fixtures.cases(in: "requests/openai-chat", ending: ".json"))
    func `a broken request is served by the rules or refused with 400`(name: String) throws {
        let whole = try JSONValue(parsing: try Fixtures.read("requests/openai-chat/\(name).json"))
        let vocabulary = [
            "model", "messages", "role", "content", "type", "text", "tool_calls", "function", "name", "arguments", "id",
            "tool_call_id", "tools", "parameters", "user", "assistant", "tool", "system", "image_url", "url", "A",
            "look",
            "data:image/png;base64,iVBORw0KGgo=", "data:,", "data:image/png;base64,!", "{}", "[", "max_tokens",
            "[undefined]",
        ]
        var random = Seeded(name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
        for round in 0..<150 {
            var body = whole
            for _ in 0...random.below(3) { body = random.mutated(body, vocabulary: vocabulary) }
            do {
                var path = try DialectPath(body)
                let upstream = try path.upstream()
                try UpstreamRules(isClaude: path.target.model.isClaude).check(upstream)
                #expect(path.decoder() is GeminiAnswerDecoder)
            } catch let failure as APIFailure {
                #expect([400, 404, 413].contains(failure.status(in: .openAI)), "\(failure)")
            } catch {
                Issue.record("round \(round): \(error) for \(String(decoding: body.serialized, as: UTF8.self))")
                return
            }
        }
    }

    private func contentsText(_ upstream: [UInt8]) throws -> [UInt8] {
        let node = try JSONDocument(parsing: upstream).root["request"]?["contents"]
        return try #require(node).withRawBytes { Array($0) }
    }
}

/// A conversation as agents have them: texts, pictures, calls with results in any order, now and then without an answer.
struct RandomConversation {
    private var messages: [JSONValue] = [["role": "system", "content": "You help."]]
    private var calls = 0

    mutating func addExchange(_ random: inout Seeded) {
        if messages.count > 1 { addAssistant(&random) }
        if random.chance(80) || messages.last?["role"] != "tool" {
            messages.append(["role": "user", "content": content(&random)])
        }
    }

    func body(model: String) -> JSONValue {
        [
            "model": .string(model), "messages": .array(messages),
            "tools": [["type": "function", "function": ["name": "look.at", "parameters": ["type": "object"]]]],
        ]
    }

    private mutating func addAssistant(_ random: inout Seeded) {
        if random.chance(20) { messages.append(["role": "assistant", "content": .string(text(&random))]) }
        var message: JSONValue = ["role": "assistant", "content": random.chance(50) ? .string(text(&random)) : .null]
        if random.chance(20) { message["reasoning_content"] = .string(text(&random)) }
        let count = random.chance(60) ? random.below(4) : 0
        // An assistant that says nothing at all is dropped, and the user's messages around it become one.
        if count == 0 { message["content"] = .string("A: " + text(&random)) }
        var ids: [String] = []
        var list: [JSONValue] = []
        for index in 0..<count {
            // Some clients count from zero in each turn.
            let id = random.chance(50) ? "call_\(index)" : "call_x\(calls)"
            calls += 1
            ids.append(id)
            var call: JSONValue = [
                "id": .string(id), "type": "function",
                "function": [
                    "name": random.chance(80) ? "look.at" : "gone", "arguments": .string(#"{"n":\#(calls)}"#),
                ],
            ]
            if random.chance(30) {
                let signature = String(repeating: "s", count: 60)
                call["extra_content"] = ["google": ["thought_signature": .string(signature)]]
            }
            list.append(call)
        }
        if !list.isEmpty { message["tool_calls"] = .array(list) }
        messages.append(message)
        for id in ids.shuffled(using: &random) where random.chance(90) {
            messages.append(["role": "tool", "tool_call_id": .string(id), "content": .string(text(&random))])
            if random.chance(10) { messages.append(["role": "user", "content": .string(text(&random))]) }
        }
    }

    private func content(_ random: inout Seeded) -> JSONValue {
        // What ends an exchange says something: a conversation that ends with the assistant is another matter (prefill).
        guard random.chance(30) else { return .string("Q: " + text(&random)) }
        return [
            ["type": "text", "text": .string(text(&random))],
            ["type": "image_url", "image_url": ["url": "data:image/png;base64,iVBORw0KGgo="]],
        ]
    }

    private func text(_ random: inout Seeded) -> String {
        random.pick(["Hello", "", "  indented\n", "“quoted” \"text\"", "(no content)", " ", "é👋", "a\u{1}b", "C:\\n"])
    }
}
