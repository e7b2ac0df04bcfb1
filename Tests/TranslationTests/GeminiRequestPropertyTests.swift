import APIErrors
import JSON
import Testing

@testable import Translation

/// Properties of whole requests in Google's own form.
@Suite struct GeminiRequestPropertyTests {
    static let models = ["gemini-3-flash", "gemini-2.5-flash", "claude-sonnet-4-5", "gemini-3-pro-high"]
    static let recorded = Fixtures.cases(in: "requests/gemini", ending: ".json")

    private static func path(_ body: JSONValue) throws -> DialectPath {
        let bytes = body.serialized
        return try DialectPath(bytes, as: DialectUnderTest.gemini.dialect(for: bytes))
    }

    @Test(arguments: models)
    func `one more exchange leaves the contents before it as they were`(model: String) throws {
        for seed in 0..<120 {
            var random = Seeded(UInt64(seed))
            var conversation = RandomGeminiConversation()
            var before: [UInt8] = []
            for turn in 0..<6 {
                conversation.addExchange(&random)
                var path = try Self.path(conversation.body(model: model))
                let upstream = try path.upstreamBody()
                let node = try #require(try JSONDocument(parsing: upstream).root["request"]?["contents"])
                let contents = node.withRawBytes { Array($0) }
                if !contents.starts(with: before) {
                    Issue.record("seed \(seed), turn \(turn): the contents before changed")
                    return
                }
                before = Array(contents.dropLast())
                try UpstreamRules(isClaude: model.contains("claude")).check(try JSONValue(parsing: upstream))
            }
        }
    }

    @Test(arguments: models)
    func `signed parts of a Gemini history arrive in order, and none is lost`(model: String) throws {
        guard !model.contains("claude") else { return }
        for seed in 0..<120 {
            var random = Seeded(UInt64(seed) &+ 1000)
            var conversation = RandomGeminiConversation()
            for _ in 0..<5 { conversation.addExchange(&random) }
            var path = try Self.path(conversation.body(model: model))
            let contents = try path.inner()["contents"]?.array ?? []
            let sent = contents.flatMap { $0["parts"]?.array ?? [] }.compactMap { $0["thoughtSignature"]?.string }
            #expect(sent.filter { $0 != "skip_thought_signature_validator" } == conversation.signatures)
        }
    }

    @Test(arguments: recorded)
    func `recorded requests keep the upstream's rules`(name: String) throws {
        var path = try Self.path(try JSONValue(parsing: try Fixtures.read("requests/gemini/\(name).json")))
        try UpstreamRules(isClaude: path.target.model.isClaude).check(try path.upstream())
    }

    @Test(arguments: recorded)
    func `a broken request is served by the rules or refused with 400`(name: String) throws {
        let whole = try JSONValue(parsing: try Fixtures.read("requests/gemini/\(name).json"))
        let vocabulary = [
            "contents", "parts", "role", "user", "model", "text", "thought", "thoughtSignature", "functionCall", "name",
            "args", "id", "functionResponse", "response", "inlineData", "data", "mimeType", "image/png", "fileData",
            "fileUri", "executableCode", "codeExecutionResult", "videoMetadata", "tools", "functionDeclarations",
            "look",
            "googleSearch", "codeExecution", "generationConfig", "thinkingConfig", "thinkingLevel", "thinkingBudget",
            "responseMimeType", "responseSchema", "application/json", "imageConfig", "speechConfig", "safetySettings",
            "iVBORw0KGgo=", "HIGH", "ANY", "toolConfig", "functionCallingConfig", "[undefined]", "system_instruction",
        ]
        var random = Seeded(name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
        for round in 0..<120 {
            var body = whole
            for _ in 0...random.below(3) { body = random.mutated(body, vocabulary: vocabulary) }
            do {
                var path = try Self.path(body)
                try UpstreamRules(isClaude: path.target.model.isClaude).check(try path.upstream())
            } catch let failure as APIFailure {
                #expect([400, 404, 413].contains(failure.status(in: .gemini)), "\(failure)")
            } catch {
                Issue.record("round \(round): \(error) for \(String(decoding: body.serialized, as: UTF8.self))")
                return
            }
        }
    }

    /// A command line client in the middle of its work: a long system text, dozens of tools, file contents back and forth.
    @Test(arguments: models, [20, 60])
    func `a coding client's request is served within the upstream's rules`(model: String, tools: Int) throws {
        var random = Seeded(UInt64(tools))
        var conversation = RandomGeminiConversation(toolCount: tools)
        for _ in 0..<30 { conversation.addExchange(&random, textSize: 1200) }
        let body = conversation.body(model: model)
        #expect((50_000...200_000).contains(body.serialized.count))
        var path = try Self.path(body)
        let upstream = try path.upstream()
        try UpstreamRules(isClaude: model.contains("claude")).check(upstream)
        let declared = upstream["request"]?["tools"]?.array?.first?["functionDeclarations"]?.array
        #expect(declared?.count == tools)
    }
}

/// A conversation as Google's own clients hold it: the model's contents come back part by part as they were sent.
struct RandomGeminiConversation {
    private var contents: [JSONValue] = []
    private let toolCount: Int
    private var calls = 0
    /// Every signature in the history, in order.
    private(set) var signatures: [String] = []

    init(toolCount: Int = 1) { self.toolCount = toolCount }

    mutating func addExchange(_ random: inout Seeded, textSize: Int = 0) {
        if !contents.isEmpty { addModel(&random, textSize) }
        contents.append(["role": "user", "parts": [["text": .string("Q: " + text(&random, textSize))]]])
    }

    func body(model: String) -> JSONValue {
        let properties: JSONValue = [
            "path": ["type": "STRING", "description": "An absolute path"], "limit": ["type": "INTEGER", "minimum": 1],
            "mode": ["type": "STRING", "enum": ["read", "write"]],
        ]
        let declarations = (0..<toolCount).map { number -> JSONValue in
            [
                "name": .string("tool_\(number)"),
                "description": .string("Tool number \(number). " + String(repeating: "It does its work. ", count: 12)),
                "parameters": ["type": "OBJECT", "properties": properties, "required": ["path"]],
            ]
        }
        return [
            "model": .string(model), "contents": .array(contents),
            "systemInstruction": ["role": "user", "parts": [["text": "You are an agent."]]],
            "tools": [["functionDeclarations": .array(declarations)]],
            "generationConfig": ["temperature": 0, "topP": 1],
        ]
    }

    private mutating func addModel(_ random: inout Seeded, _ textSize: Int) {
        var parts: [JSONValue] = []
        if random.chance(40) {
            parts.append(["text": "thought", "thought": true, "thoughtSignature": .string(sign())])
        }
        let count = random.chance(60) ? random.below(4) : 0
        // A model that says nothing at all is dropped for Claude, and the user's contents around it become one.
        if count == 0 || random.chance(70) {
            var part: JSONValue = ["text": .string("A: " + text(&random, textSize))]
            if random.chance(30) { part["thoughtSignature"] = .string(sign()) }
            parts.append(part)
        }
        if count == 0 { parts.append(["text": "", "thoughtSignature": .string(sign())]) }
        var responses: [JSONValue] = []
        for index in 0..<count {
            calls += 1
            var call: JSONValue = [
                "name": .string("tool_\(random.below(toolCount))"), "args": ["path": .string("/a/\(calls)")],
            ]
            var response: JSONValue = [
                "name": call["name"] ?? .null, "response": ["output": .string(text(&random, textSize))],
            ]
            if random.chance(60) {
                call["id"] = .string("c\(calls)")
                response["id"] = .string("c\(calls)")
            }
            var part: JSONValue = ["functionCall": call]
            if index == 0, random.chance(80) { part["thoughtSignature"] = .string(sign()) }
            parts.append(part)
            if random.chance(90) { responses.append(["functionResponse": response]) }
        }
        contents.append(["role": "model", "parts": .array(parts)])
        if !responses.isEmpty { contents.append(["role": "user", "parts": .array(responses)]) }
    }

    private mutating func sign() -> String {
        let signature = "CiQB" + String(repeating: "s", count: 56) + String(signatures.count)
        signatures.append(signature)
        return signature
    }

    private func text(_ random: inout Seeded, _ size: Int) -> String {
        let seed = random.pick(["Hello", "  indented\n", "“quoted” \"text\"", "é👋", "C:\\n"])
        return size == 0 ? seed : String(repeating: seed + " ", count: size / (seed.utf8.count + 1))
    }
}
