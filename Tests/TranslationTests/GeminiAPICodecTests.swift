import APIErrors
import GoogleAPI
import HTTP
import JSON
import Testing

@testable import Translation

/// What the public Gemini API gets for requests whose Code Assist form is recorded, and what its answers become.
@Suite("Golden requests of the public API") struct GeminiAPICodecTests {
    /// Requests whose form for the public API is recorded beside that for Code Assist.
    static let recorded = [
        "openai-chat/plain-text", "openai-chat/effort-high-2-5-flash", "openai-chat/thinks-unasked-3-pro",
        "openai-chat/small-limit-leaves-room-3-pro", "openai-chat/parallel-calls-gemini-3-first-has-skip-word",
        "openai-chat/tool-choice-required", "openai-chat/json-mode-with-tools-gemini-3",
        "openai-chat/image-in-tool-result-gemini-3", "openai-chat/schemas-are-cleaned",
        "openai-responses/reasoning-effort", "openai-images/size-and-quality-become-ratio-and-size",
        "openai-images/an-older-model-has-one-size", "anthropic/gemini-pro-thinks-unasked-and-unseen",
        "anthropic/web-search-alone-goes-to-the-search-model", "anthropic/calls-of-gemini-3-get-the-skip-word",
        "gemini/known-settings-pass", "gemini/level-minimal-in-small-letters", "gemini/budget-dynamic",
        "gemini/budget-zero-switches-off", "gemini/signed-parts-keep-their-place",
        "gemini/code-parts-stay-beside-the-code-tool", "gemini/snake-case-members-are-read",
    ]

    @Test(arguments: recorded)
    func `a request for the public API is recorded beside that for Code Assist`(name: String) throws {
        let dialect = try #require(DialectUnderTest.all.first { name.hasPrefix($0.name + "/") })
        let body = try Fixtures.read("requests/\(name).json")
        let path = try DialectPath(body, as: dialect.dialect(for: body))
        var other = try #require(path.onPublicAPI)
        let upstream = try other.upstreamBody()
        try Fixtures.expect(try PrettyJSON.text(of: upstream), in: "requests/\(name).gemini-api.json")
        #expect(try other.upstreamBody() == upstream)
    }

    /// Members in which the two forms may differ.
    private static let mayDiffer = ["sessionId", "thinkingConfig", "maxOutputTokens", "googleSearch", "audioTimestamp"]

    @Test(arguments: GoldenRequestTests.cases)
    func `the public API gets the inner request and nothing that it does not know`(
        dialect: DialectUnderTest, file: String
    ) throws {
        let body = try Fixtures.read("requests/\(dialect.name)/\(file)")
        var path = try DialectPath(body, as: dialect.dialect(for: body))
        guard var other = path.onPublicAPI else {
            #expect(path.target.model.isClaude || path.target.model.family == .gptOSS)
            return
        }
        let bare = try other.upstream()
        #expect(bare["sessionId"] == nil)
        let config = bare["generationConfig"]
        #expect(config?["audioTimestamp"] == nil)
        let thinking = config?["thinkingConfig"]
        #expect(thinking?["thinkingLevel"] == nil || thinking?["thinkingBudget"] == nil)
        if other.target.model.thinking?.levels.isEmpty == false { #expect(thinking?["thinkingBudget"] == nil) }
        // The rest is what Code Assist gets in its envelope.
        let inner = try path.inner()
        #expect(Self.without(Self.mayDiffer, bare) == Self.without(Self.mayDiffer, inner))
    }

    private static func without(_ names: [String], _ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            let rest = object.members.filter { !names.contains($0.name) }
            return .object(
                JSONObject(
                    rest.map { (name: $0.name, value: without(names, $0.value)) }.filter { member in
                        // What held nothing else is gone with it.
                        member.name != "generationConfig" || member.value.object?.isEmpty == false
                    }))
        case .array(let list): return .array(list.map { without(names, $0) })
        default: return value
        }
    }

    static let streams = Fixtures.cases(in: "streams", ending: ".upstream.sse")

    @Test(arguments: streams)
    func `answers without an envelope become the same client stream`(name: String) throws {
        let wrapped = try Fixtures.read("streams/\(name).upstream.sse")
        let bare = Self.unwrapped(wrapped)
        for dialect in [DialectUnderTest.openAIChat, .anthropic] where GoldenStreamTests.isPlayed(name, dialect) {
            guard try GoldenStreamTests.isForGemini(name, dialect) else { continue }
            let one = try GoldenStreamTests.serve(name, dialect, wrapped, pieceSize: wrapped.count)
            let other = try GoldenStreamTests.serve(name, dialect, bare, pieceSize: 7, onPublicAPI: true)
            #expect(other.stream == one.stream, "\(dialect.name)")
            #expect(other.answer == one.answer, "\(dialect.name)")
        }
    }

    /// Each payload without what stands around its `response`.
    private static func unwrapped(_ stream: [UInt8]) -> [UInt8] {
        let mark = Array("data: ".utf8)
        return Array(
            stream.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line -> [UInt8] in
                let payload = Array(line.dropFirst(mark.count))
                guard line.starts(with: mark), let response = (try? JSONDocument(parsing: payload))?.root["response"]
                else { return Array(line) }
                return mark + response.withRawBytes { Array($0) }
            }.joined(separator: [UInt8(ascii: "\n")]))
    }

    struct Row: CustomTestStringConvertible {
        var id: String
        var publicID: String?
        /// The level that a request without a wish is sent with.
        var level: String?
        var budget: Int?
        var testDescription: String { id }
    }

    static let models = [
        Row(id: "gemini-3-pro-high", publicID: "gemini-3-pro-preview", level: "high"),
        Row(id: "gemini-3-pro-low", publicID: "gemini-3-pro-preview", level: "low"),
        Row(id: "gemini-pro-agent", publicID: "gemini-3-pro-preview", level: "high"),
        Row(id: "gemini-3-flash", publicID: "gemini-3-flash-preview"),
        Row(id: "gemini-3-flash-agent", publicID: "gemini-3-flash-preview"),
        Row(id: "gemini-3-pro-image", publicID: "gemini-3-pro-image-preview"),
        Row(id: "gemini-3.1-pro-low", publicID: "gemini-3.1-pro-preview", level: "low"),
        Row(id: "gemini-2.5-flash", publicID: "gemini-2.5-flash"),
        Row(id: "gemini-2.5-flash-thinking", publicID: "gemini-2.5-flash", budget: 16000),
        // What only the public API has goes by its own name.
        Row(id: "gemini-embedding-001", publicID: "gemini-embedding-001", level: nil),
        Row(id: "claude-sonnet-4-5"), Row(id: "claude-opus-4-6-thinking"), Row(id: "gpt-oss-120b-medium"),
    ]

    @Test(arguments: models)
    func `a model goes by its public name, and its id's amount of thinking beside it`(row: Row) throws {
        let target = PublicModels().target(for: row.id)
        #expect(target?.id == row.publicID)
        guard let target, !row.id.contains("embedding") else { return }
        var request = GenerationRequest(clientModel: row.id)
        request.turns = [Turn(role: .user, parts: [.text("Hi")])]
        func plan() -> ThinkingPlan {
            ThinkingPlan(request, target: UpstreamTarget(model: target, project: nil, requestID: "", api: .gemini))
        }
        #expect(plan().level == row.level)
        #expect(plan().budget == row.budget)
        // A client's own wish wins over the id.
        request.thinking = .effort(.high)
        if row.level != nil { #expect(plan().level == "high") }
    }

    @Test func `every model that goes by another name is one that Code Assist offers`() {
        let known = ModelFacts.known.map(\.id)
        #expect(PublicModels.builtin.keys.filter { !known.contains($0) } == [])
    }

    @Test func `the operator's rows win over the built-in ones`() {
        let models = PublicModels(mapping: [
            "gemini-3-flash": "gemini-4-flash(low)", "gemini-2.5-pro": "claude-opus-4-5-thinking",
        ])
        #expect(models.target(for: "gemini-3-flash")?.id == "gemini-4-flash")
        #expect(models.target(for: "gemini-3-flash")?.thinking?.defaultBudget == 1024)
        #expect(models.target(for: "gemini-2.5-pro") == nil)
        #expect(models.target(for: "gemini-3-pro-low")?.id == "gemini-3-pro-preview")
    }

    @Test func `a count holds the whole request under its own name, and bare contents after a refusal`() throws {
        let body: JSONValue = [
            "model": "gemini-3-flash",
            "messages": [["role": "system", "content": "Be brief."], ["role": "user", "content": "Hi"]],
            "tools": [["type": "function", "function": ["name": "look"]]],
        ]
        var path = try #require(try DialectPath(body).onPublicAPI)
        let whole = try JSONValue(parsing: try path.codec.encodeCount(path.request, target: path.target))
        #expect(whole.object?.members.map(\.name) == ["generateContentRequest"])
        let inner = whole["generateContentRequest"]
        #expect(inner?["model"] == "models/gemini-3-flash-preview")
        #expect(inner?.object?.members.map(\.name) == ["model", "contents", "systemInstruction", "tools"])
        path.target.repair = .contentsOnly
        let bare = try JSONValue(parsing: try path.codec.encodeCount(path.request, target: path.target))
        #expect(bare.object?.members.map(\.name) == ["contents"])
        #expect(bare["contents"]?.array?.first?["parts"]?.array?.count == 2)
        #expect(path.codec.decodeCount(Array(#"{"totalTokens":7,"promptTokensDetails":[]}"#.utf8)) == 7)
    }

    @Test func `cached contents pass where a key can have made them, and are refused elsewhere`() throws {
        let body = Array(#"{"contents":"Hi","cachedContent":"cachedContents/x"}"#.utf8)
        var path = try DialectPath(body, as: DialectUnderTest.gemini.dialect)
        #expect(throws: APIFailure.self) { try path.upstreamBody() }
        var other = try #require(path.onPublicAPI)
        #expect(try other.upstream()["cachedContent"] == "cachedContents/x")
    }

    @Test func `wishes for a search that only Code Assist knows stay out`() throws {
        let body: JSONValue = [
            "model": "gemini-2.5-flash", "max_tokens": 100, "messages": [["role": "user", "content": "Hi"]],
            "tools": [["type": "web_search_20250305", "name": "web_search", "allowed_domains": ["a.example"]]],
        ]
        var path = try DialectPath(body, as: DialectUnderTest.anthropic.dialect)
        #expect(try path.inner()["tools"]?.array?.first?["googleSearch"] != [:])
        var other = try #require(path.onPublicAPI)
        #expect(try other.upstream()["tools"] == [["googleSearch": [:]]])
    }
}
