import APIErrors
import JSON
import Testing

@testable import Translation

/// Properties of whole message requests over random conversations and broken bodies.
@Suite struct MessagesRequestPropertyTests {
    static let models = ["gemini-3-flash", "gemini-2.5-flash", "claude-sonnet-4-5-thinking", "gemini-3-pro-high"]

    @Test(arguments: models)
    func `one more exchange leaves the contents before it as they were`(model: String) throws {
        for seed in 0..<80 {
            var random = Seeded(UInt64(seed))
            var conversation = RandomMessages()
            var before: [UInt8] = []
            for turn in 0..<6 {
                conversation.addExchange(&random)
                let body = conversation.body(model: model)
                var path = try DialectPath(body, as: Anthropic())
                let upstream = try path.upstreamBody()
                let contents = try contentsText(upstream)
                if !contents.starts(with: before) {
                    Issue.record("seed \(seed), turn \(turn): the contents before changed")
                    return
                }
                before = Array(contents.dropLast())
                try UpstreamRules(isClaude: path.target.model.isClaude).check(try JSONValue(parsing: upstream))
            }
        }
    }

    @Test(arguments: Fixtures.cases(in: "requests/anthropic", ending: ".json"))
    func `recorded requests keep the upstream's rules`(name: String) throws {
        var path = try DialectPath(try Fixtures.read("requests/anthropic/\(name).json"), as: Anthropic())
        try UpstreamRules(isClaude: path.target.model.isClaude).check(try path.upstream())
    }

    @Test(arguments: Fixtures.cases(in: "requests/anthropic", ending: ".json"))
    func `a broken request is served by the rules or refused with 400`(name: String) throws {
        let whole = try JSONValue(parsing: try Fixtures.read("requests/anthropic/\(name).json"))
        let vocabulary = [
            "model", "messages", "role", "content", "type", "text", "tool_use", "tool_result", "thinking", "signature",
            "id", "tool_use_id", "input", "tools", "input_schema", "user", "assistant", "system", "image", "document",
            "source", "base64", "url", "data", "media_type", "name", "look", "{}", "[", "max_tokens", "[undefined]",
            "data:,", "iVBORw0KGgo=",
        ]
        var random = Seeded(name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
        for round in 0..<60 {
            var body = whole
            for _ in 0...random.below(3) { body = random.mutated(body, vocabulary: vocabulary) }
            do {
                var path = try DialectPath(body, as: Anthropic())
                try UpstreamRules(isClaude: path.target.model.isClaude).check(try path.upstream())
                #expect(TokenEstimate.tokens(of: path.request) > 0)
            } catch let failure as APIFailure {
                #expect([400, 404, 413].contains(failure.status(in: .anthropic)), "\(failure)")
            } catch {
                Issue.record("round \(round): \(error) for \(String(decoding: body.serialized, as: UTF8.self))")
                return
            }
        }
    }

    @Test(arguments: [50_000, 150_000])
    func `a coding client's body with many tools goes upstream within the rules`(size: Int) throws {
        for model in Self.models {
            let body = CodingClientBody.messages(model: model, size: size, tools: 40)
            #expect(body.serialized.count >= size)
            var path = try DialectPath(body, as: Anthropic())
            let upstream = try path.upstream()
            try UpstreamRules(isClaude: path.target.model.isClaude).check(upstream)
            let declarations = upstream["request"]?["tools"]?.array?.first?["functionDeclarations"]?.array
            #expect(declarations?.count == 40)
            #expect(!String(decoding: upstream.serialized, as: UTF8.self).contains("cache_control"))
        }
    }

    private func contentsText(_ upstream: [UInt8]) throws -> [UInt8] {
        let node = try JSONDocument(parsing: upstream).root["request"]?["contents"]
        return try #require(node).withRawBytes { Array($0) }
    }
}

/// A conversation as agents of this dialect have them: blocks, calls with results in any order, thinking, documents.
struct RandomMessages {
    private var messages: [JSONValue] = []
    private var calls = 0

    func body(model: String) -> JSONValue {
        [
            "model": .string(model), "max_tokens": 32000, "messages": .array(messages),
            "system": [["type": "text", "text": "You help.", "cache_control": ["type": "ephemeral"]]],
            "tools": [["name": "look.at", "input_schema": ["type": "object"]]],
        ]
    }

    mutating func addExchange(_ random: inout Seeded) {
        var open: [String] = []
        if !messages.isEmpty { open = addAssistant(&random) }
        var content: [JSONValue] = []
        for id in open.shuffled(using: &random) where random.chance(90) {
            content.append(["type": "tool_result", "tool_use_id": .string(id), "content": result(&random)])
            if random.chance(10) { content.append(["type": "text", "text": .string(text(&random))]) }
        }
        // What ends an exchange says something: a conversation that ends with the assistant is another matter.
        if open.isEmpty || random.chance(50) {
            content.append(["type": "text", "text": .string("Q: " + text(&random))])
        }
        if content.isEmpty { content.append(["type": "text", "text": "Go on"]) }
        messages.append(["role": "user", "content": .array(content)])
    }

    private mutating func addAssistant(_ random: inout Seeded) -> [String] {
        var content: [JSONValue] = []
        if random.chance(30) {
            let signature = String(repeating: random.pick(["s", "R", "E"]), count: 64)
            content.append([
                "type": "thinking", "thinking": .string("T: " + text(&random)), "signature": .string(signature),
            ])
        }
        if random.chance(10) { content.append(["type": "redacted_thinking", "data": "x"]) }
        content.append(["type": "text", "text": .string("A: " + text(&random))])
        var ids: [String] = []
        for index in 0..<(random.chance(60) ? random.below(4) : 0) {
            let id = random.chance(50) ? "toolu_\(index)" : "toolu_x\(calls)"
            calls += 1
            ids.append(id)
            content.append([
                "type": "tool_use", "id": .string(id), "name": .string(random.chance(80) ? "look.at" : "gone"),
                "input": ["n": .int(calls)],
            ])
        }
        messages.append(["role": "assistant", "content": .array(content)])
        return ids
    }

    private func result(_ random: inout Seeded) -> JSONValue {
        random.chance(30)
            ? [["type": "text", "text": .string(text(&random))], picture] : .string(text(&random))
    }

    private var picture: JSONValue {
        ["type": "image", "source": ["type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="]]
    }

    private func text(_ random: inout Seeded) -> String {
        random.pick(["Hello", "", "  indented\n", "“quoted” \"text\"", "(no content)", " ", "é👋", "a\u{1}b", "C:\\n"])
    }
}

/// Bodies of the size and shape that coding clients send, made up.
enum CodingClientBody {
    static func messages(model: String, size: Int, tools count: Int) -> JSONValue {
        var turns: [JSONValue] = []
        var length = 0
        while length < size {
            let turn = turns.count / 3
            let id = "toolu_\(turn)"
            let code = (0..<60).map { "    let value\($0) = try reader.next(\"field \($0)\") // übrig\n" }.joined()
            turns.append(["role": "user", "content": [["type": "text", "text": .string("Read file \(turn).")]]])
            turns.append([
                "role": "assistant",
                "content": [
                    ["type": "text", "text": "I read it."],
                    [
                        "type": "tool_use", "id": .string(id), "name": "tool_1",
                        "input": ["file_path": .string("/src/File\(turn).swift")],
                    ],
                ],
            ])
            turns.append([
                "role": "user",
                "content": [
                    [
                        "type": "tool_result", "tool_use_id": .string(id), "content": .string(code),
                        "cache_control": ["type": "ephemeral"],
                    ]
                ],
            ])
            length += code.utf8.count
        }
        let tools = (0..<count).map { index -> JSONValue in
            [
                "name": .string("tool_\(index)"), "description": .string("Does thing \(index). " + lorem),
                "input_schema": [
                    "$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
                    "properties": [
                        "file_path": ["type": "string", "description": "Path"],
                        "mode": ["anyOf": [["const": "a"], ["const": "b"]]],
                        "edits": [
                            "type": "array", "minItems": 1,
                            "items": ["type": "object", "properties": ["old": ["type": "string"]]],
                        ],
                    ],
                    "required": ["file_path"], "additionalProperties": false,
                ],
            ]
        }
        return [
            "model": .string(model), "max_tokens": 32000, "stream": true, "tools": .array(tools),
            "system": [["type": "text", "text": .string(lorem), "cache_control": ["type": "ephemeral"]]],
            "messages": .array(turns),
        ]
    }

    private static let lorem = String(repeating: "Keep to the style of the code around you. ", count: 12)
}
