import APIErrors
import Testing

@testable import Translation

@Suite struct ModelRouterTests {
    struct Row: CustomTestStringConvertible {
        var name: String
        var target: String
        var mapping: [String: String] = [:]
        var testDescription: String { name + " -> " + target }
    }

    private static let patterns = ["gpt-*": "a", "gpt-4*": "b", "*-mini": "c"]

    static let rows = [
        Row(name: "gpt-4o-mini", target: "b", mapping: patterns),
        Row(name: "gpt-3-mini", target: "c", mapping: patterns),
        Row(name: "gpt-5", target: "a", mapping: patterns),
        Row(name: "GPT-4", target: "GPT-4", mapping: patterns),
        Row(name: "x", target: "first", mapping: ["x*": "first", "*x": "second"]),
        Row(name: "aXbYc", target: "many", mapping: ["a*b*c": "many", "a*": "few"]),
        Row(name: "ab", target: "ab", mapping: ["ab*ab": "no"]),
        Row(name: "gpt-4o", target: "exact", mapping: ["gpt-4o": "exact", "gpt-4*": "pattern"]),
        Row(name: "gpt-4o", target: "gpt-4", mapping: ["gpt-4o": "gpt-4"]),
        Row(name: "gpt-4o", target: "gemini-2.5-flash"),
        Row(name: " models/gemini-3-flash ", target: "gemini-3-flash"),
        Row(name: "gemini-3-pro", target: "gemini-3-pro-high"),
        Row(name: "gemini-1.5-pro-002", target: "gemini-3-pro-high"),
        Row(name: "gemini-1.5-flash-8b", target: "gemini-2.5-flash"),
        Row(name: "gemini-9-ultra", target: "gemini-9-ultra"),
        Row(name: "some-thinking-model", target: "some-thinking-model"),
        Row(name: "claude-sonnet-4-5-20250929", target: "claude-sonnet-4-5-thinking"),
        Row(name: "claude-next", target: "claude-next"),
        Row(name: "gemini-3-flash-online", target: "gemini-3-flash"),
        Row(name: "gpt-4o-online", target: "mine", mapping: ["gpt-4o-online": "mine", "gpt-4o": "other"]),
        Row(name: "gpt-4o-online", target: "other", mapping: ["gpt-4o": "other"]),
        Row(name: "gemini-3-pro-high(8192)", target: "gemini-3-pro-high"),
        Row(name: "gemini-3-pro-image-4k-16x9", target: "gemini-3-pro-image"),
        Row(name: "gemini-3-pro-image-16-9-hd", target: "gemini-3-pro-image"),
        Row(name: "old-model", target: "new-model"),
        Row(name: "x-thinking", target: "x"),
        Row(name: "y-thinking", target: "y-thinking"),
        Row(name: "gemini-3-flash", target: "plain", mapping: ["*": "any", "gemini-*": "plain"]),
        Row(name: "", target: "", mapping: ["*": "any"]),
        Row(name: "ab", target: "first", mapping: ["a*": "first", "*b": "second"]),
        Row(name: "abc", target: "longer prefix", mapping: ["a*c": "few", "a*bc": "longer prefix", "*abc": "none"]),
        Row(name: "ac", target: "smaller", mapping: ["a*c": "greater", "a*c*": "greatest", "a**c": "smaller"]),
        Row(name: "mapped", target: "new-model", mapping: ["mapped": "old-model"]),
        Row(name: "mapped(high)", target: "gemini-3-flash", mapping: ["mapped": "gemini-3-flash"]),
        Row(name: "mapped-online(low)", target: "gemini-3-flash", mapping: ["mapped": "gemini-3-flash"]),
        Row(name: "gpt-4o(unknown)", target: "gpt-4o(unknown)"),
        Row(name: "gpt-4o()", target: "gpt-4o()"),
        Row(name: "-online", target: "-online"),
        Row(name: "models/models/x", target: "models/x"),
        Row(name: "claude-opus-4.6", target: "claude-opus-4-6-thinking"),
        Row(name: "claude-sonnet-4-6", target: "claude-sonnet-4-6"),
        Row(name: "gpt-image-1-hd-16x9", target: "gemini-3-pro-image"),
        Row(name: "gemini-3-pro-image-preview-2k", target: "gemini-3-pro-image"),
        Row(name: "gemini-3-flash-4k", target: "gemini-3-flash-4k"),
    ]

    @Test(arguments: rows)
    func `a client name means its upstream model`(row: Row) throws {
        let table = ModelTable(
            live: ["gemini-3-flash", "x", "new-model"].map { ModelTable.LiveModel(id: $0) },
            replacements: ["old-model": "new-model", "new-model": "newest"])
        let router = ModelRouter(customMapping: row.mapping, table: table)
        guard !row.target.isEmpty else {
            #expect(throws: APIFailure.self) { try router.resolve(row.name) }
            return
        }
        #expect(try router.resolve(row.name).target.id == row.target)
    }

    struct Wish: CustomTestStringConvertible {
        var name: String
        var thinking: ThinkingWish?
        var search = false
        var ratio: String?
        var size: String?
        var testDescription: String { name }
    }

    static let wishes =
        [
            Wish(name: "gemini-2.5-pro(8192)", thinking: .budget(8192)),
            Wish(name: "gemini-2.5-pro(0)", thinking: .off),
            Wish(name: "gemini-2.5-pro(-1)", thinking: .budget(-1)), Wish(name: "gemini-2.5-pro(none)", thinking: .off),
            Wish(name: "gemini-2.5-pro(auto)", thinking: .effort(.auto)),
            Wish(name: "gemini-2.5-pro(High)", thinking: .effort(.high)), Wish(name: "gemini-2.5-pro(-2)"),
            Wish(name: "gemini-2.5-pro-online", search: true),
            Wish(name: "gemini-2.5-pro-online(low)", thinking: .effort(.low), search: true),
            Wish(name: "gemini-2.5-pro(low)-online", thinking: .effort(.low), search: true),
            Wish(name: "gemini-3-pro-image-4k-16x9", ratio: "16:9", size: "4K"),
            Wish(name: "gemini-3-pro-image-16-9-hd", ratio: "16:9", size: "4K"),
            Wish(name: "gemini-3-pro-image-2k", size: "2K"), Wish(name: "gemini-3-pro-image-1K", size: "1K"),
            Wish(name: "dall-e-3"), Wish(name: "gemini-3-pro-image-7x9"), Wish(name: "gemini-3-flash-16x9"),
        ]
        + ["1x1", "2x3", "3x2", "3x4", "4x3", "4x5", "5x4", "9x16", "16x9", "21x9"].flatMap { ratio in
            let own = ratio.replacing("x", with: ":")
            return [
                Wish(name: "gemini-3-pro-image-" + ratio, ratio: own),
                Wish(name: "gemini-3-pro-image-" + ratio.replacing("x", with: "-"), ratio: own),
            ]
        }

    @Test(arguments: wishes)
    func `a suffix is a wish and no part of the name`(wish: Wish) throws {
        let model = try ModelRouter(customMapping: [:]).resolve(wish.name)
        #expect(model.thinking == wish.thinking && model.wantsSearch == wish.search)
        #expect(model.image.aspectRatio == wish.ratio && model.image.size == wish.size)
        let isBare = !model.target.id.hasSuffix("online") && !model.target.id.hasSuffix("k")
        #expect(isBare)
    }

    @Test(arguments: BuiltinModels.imageNames)
    func `every image name of the lists is the image model`(name: String) throws {
        #expect(try ModelRouter(customMapping: [:]).resolve(name).target.id == "gemini-3-pro-image")
    }

    @Test func `the policy rules what nobody knows, and nothing else`() throws {
        func router(_ policy: TranslationSettings.UnknownModelPolicy) -> ModelRouter {
            var settings = TranslationSettings()
            settings.unknownModel = policy
            return ModelRouter(customMapping: ["mine": "nobody"], settings: settings)
        }
        #expect(try router(.fallback("gemini-3-flash(high)")).resolve("nobody").target.id == "gemini-3-flash")
        #expect(try router(.fallback("gemini-3-flash(high)")).resolve("nobody").thinking == .effort(.high))
        #expect(try router(.fallback("x")).resolve("gpt-4o").target.id == "gemini-2.5-flash")
        let refusal = APIFailure(.modelNotFound, message: "unknown model nobody", param: "model")
        #expect(throws: refusal) { try router(.reject).resolve("nobody") }
        #expect(throws: APIFailure.self) { try router(.reject).resolve("nobody-online") }
        for known in ["mine", "gpt-4o", "gemini-9", "a-thinking-one", "gpt-4o-online(high)"] {
            #expect(throws: Never.self) { try router(.reject).resolve(known) }
        }
        for empty in ["", " ", "models/"] {
            #expect(throws: APIFailure.self) { try router(.passthrough).resolve(empty) }
        }
    }

    @Test func `a pattern matches as its letters say`() {
        func matches(_ pattern: Substring, _ name: Substring) -> Bool {
            guard let first = pattern.first else { return name.isEmpty }
            guard first == "*" else { return name.first == first && matches(pattern.dropFirst(), name.dropFirst()) }
            return matches(pattern.dropFirst(), name) || !name.isEmpty && matches(pattern, name.dropFirst())
        }
        var random = Seeded(5)
        for _ in 0..<20_000 {
            let pattern = (0..<random.below(7)).map { _ in random.pick(["a", "b", "*"]) }.joined()
            let name = (0..<random.below(8)).map { _ in random.pick(["a", "b"]) }.joined()
            let isRight = ModelPattern(pattern).matches(name) == matches(pattern[...], name[...])
            if !isRight { Issue.record("\(pattern) and \(name)") }
        }
    }

    @Test func `the best pattern does not depend on the order of the mapping`() throws {
        var random = Seeded(6)
        for _ in 0..<300 {
            let patterns = Set((0..<6).map { _ in (0..<4).map { _ in random.pick(["a", "b", "*"]) }.joined() })
            let mapping = Dictionary(uniqueKeysWithValues: patterns.map { ($0, "to " + $0) })
            let name = (0..<4).map { _ in random.pick(["a", "b"]) }.joined()
            let first = try ModelRouter(customMapping: mapping).resolve(name).target.id
            for _ in 0..<3 {
                let shuffled = Dictionary(uniqueKeysWithValues: mapping.shuffled(using: &random).map { ($0, $1) })
                #expect(try ModelRouter(customMapping: shuffled).resolve(name).target.id == first)
            }
        }
    }

    @Test func `wishes in the name reach the request`() throws {
        let router = ModelRouter(customMapping: ["fast": "gemini-3-flash-online(high)"])
        var mapped = GenerationRequest(clientModel: "fast(none)")
        #expect(try router.route(&mapped).target.id == "gemini-3-flash")
        #expect(mapped.search != nil)
        #expect(mapped.thinking == .off, "the client's suffix wins over the mapping's")
        var image = GenerationRequest(clientModel: "gemini-3-pro-image-4k-21x9")
        _ = try router.route(&image)
        #expect(image.image.aspectRatio == "21:9")
        #expect(image.image.size == "4K")
    }

    @Test(arguments: [
        ("claude-opus-4-6-thinking", ["claude-opus-4-5-thinking"], true, "claude-opus-4-5-thinking"),
        ("claude-opus-4-5-thinking", ["claude-opus-4-6-thinking"], true, "claude-opus-4-6-thinking"),
        ("claude-sonnet-4-6", ["claude-sonnet-4-5"], true, "claude-sonnet-4-5"),
        ("claude-3-haiku-20240307", ["claude-sonnet-4-6"], true, "claude-sonnet-4-6"),
        ("claude-sonnet-4-6-thinking", ["claude-sonnet-4-5"], true, "claude-sonnet-4-5"),
        ("claude-sonnet-4-6-thinking", ["claude-sonnet-4-6", "claude-sonnet-4-5-thinking"], true, "claude-sonnet-4-6"),
        ("claude-sonnet-4-6", ["claude-sonnet-4-5", "claude-sonnet-4-6"], true, "claude-sonnet-4-6"),
        ("claude-sonnet-4-6", ["claude-sonnet-4-5"], false, "claude-sonnet-4-6"),
        ("claude-sonnet-4-6", ["claude-opus-4-5-thinking"], true, "claude-sonnet-4-6"),
        ("claude-sonnet-4-6", [], true, "claude-sonnet-4-6"),
        ("gemini-4-5", ["gemini-4-6"], true, "gemini-4-5"),
    ])
    func `a Claude model nobody offers is served by its twin, if somebody offers that`(
        name: String, offered: [String], isOn: Bool, target: String
    ) throws {
        var settings = TranslationSettings()
        settings.usesTwins = isOn
        let router = ModelRouter(
            customMapping: [:], table: ModelTable(live: offered.map { .init(id: $0) }), settings: settings)
        let model = try router.resolve(name)
        #expect(model.target.id == target)
        // Thinking that the name asked for is not lost with the name.
        let asksThinking = ModelRouterTests.thinks(name) && !target.hasSuffix("-thinking")
        #expect((model.thinking == .on) == asksThinking)
    }

    private static func thinks(_ name: String) -> Bool { name.hasSuffix("-thinking") }

    @Test func `live limits correct the table`() {
        let table = ModelTable(live: [
            .init(id: "gemini-3-flash", inputTokensMax: 10, outputTokensMax: 65536, thinkingBudgetMin: 256),
            .init(id: "claude-sonnet-4-5", outputTokensMax: 32000),
        ])
        #expect(table.target("gemini-3-flash").outputTokensMax == 65535)
        #expect(table.target("gemini-3-flash").inputTokensMax == 10)
        #expect(table.target("gemini-3-flash").thinking?.budgets.lowerBound == 256)
        #expect(table.target("claude-sonnet-4-5").outputTokensMax == 32000)
    }
}
