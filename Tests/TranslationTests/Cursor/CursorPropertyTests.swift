import JSON
import Testing

@testable import Translation

/// Properties of whole Cursor requests over random conversations in two APIs' forms.
@Suite struct CursorPropertyTests {
    static let models = ["gemini-3-flash", "gemini-2.5-flash", "claude-sonnet-4-5"]

    @Test(arguments: models)
    func `what goes upstream is as if thinking had never been shown, and conversations only grow`(model: String) throws
    {
        for seed in 0..<60 {
            var random = Seeded(UInt64(seed))
            var chat = RandomConversation()
            var messages = RandomMessages()
            var before: [[UInt8]] = [[], []]
            for turn in 0..<5 {
                chat.addExchange(&random)
                messages.addExchange(&random)
                let bodies: [(JSONValue, any ClientDialect)] = [
                    (chat.body(model: model), OpenAIChat()), (messages.body(model: model), Anthropic()),
                ]
                for (index, (body, dialect)) in bodies.enumerated() {
                    var shown = try DialectPath(Self.showingThoughts(body), as: Cursor(.thinkTags))
                    var plain = try DialectPath(body, as: dialect)
                    let upstream = try Self.contents(shown.upstreamBody())
                    let isRight =
                        try upstream == Self.contents(plain.upstreamBody()) && upstream.starts(with: before[index])
                    if !isRight {
                        Issue.record("seed \(seed), turn \(turn), form \(index)")
                        return
                    }
                    before[index] = Array(upstream.dropLast())
                    try UpstreamRules(isClaude: shown.target.model.isClaude).check(try shown.upstream())
                }
            }
        }
    }

    @Test(arguments: Fixtures.cases(in: "requests/cursor", ending: ".json"))
    func `recorded requests keep the upstream's rules`(name: String) throws {
        var path = try DialectPath(try Fixtures.read("requests/cursor/\(name).json"), as: Cursor(.thinkTags))
        try UpstreamRules(isClaude: path.target.model.isClaude).check(try path.upstream())
    }

    @Test(arguments: [50_000, 150_000])
    func `a coding client's body with many tools of both forms goes upstream within the rules`(size: Int) throws {
        for model in Self.models {
            var body = CodingClientBody.messages(model: model, size: size, tools: 40)
            let own = body["tools"]?.array ?? []
            body["tools"] = .array(
                own + own.enumerated().map { index, tool in Self.openAIForm(tool, "other_\(index)") })
            var path = try DialectPath(body, as: Cursor(.thinkTags))
            let upstream = try path.upstream()
            try UpstreamRules(isClaude: path.target.model.isClaude).check(upstream)
            let declarations = upstream["request"]?["tools"]?.array?.first?["functionDeclarations"]?.array
            #expect(declarations?.count == 80)
        }
    }

    private static func openAIForm(_ tool: JSONValue, _ name: String) -> JSONValue {
        [
            "type": "function",
            "function": ["name": .string(name), "parameters": tool["input_schema"] ?? [:]],
        ]
    }

    /// The same body as Cursor would send it: the first text of each answer begins with what was shown of the thinking.
    private static func showingThoughts(_ body: JSONValue) -> JSONValue {
        var body = body
        let messages = body["messages"]?.array?.map { message -> JSONValue in
            guard message["role"] == "assistant" else { return message }
            var message = message
            if let text = message["content"]?.string {
                message["content"] = .string(thought + text)
            } else if var blocks = message["content"]?.array,
                let index = blocks.firstIndex(where: { $0["type"] == "text" })
            {
                blocks[index]["text"] = .string(thought + (blocks[index]["text"]?.string ?? ""))
                message["content"] = .array(blocks)
            }
            return message
        }
        body["messages"] = .array(messages ?? [])
        return body
    }

    private static let thought = "<think>\nFirst \"this\",\nthen that.\n</think>\n\n"

    private static func contents(_ upstream: [UInt8]) throws -> [UInt8] {
        let node = try JSONDocument(parsing: upstream).root["request"]?["contents"]
        return try #require(node).withRawBytes { Array($0) }
    }
}
