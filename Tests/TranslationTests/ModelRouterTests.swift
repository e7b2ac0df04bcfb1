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
    ]

    @Test(arguments: rows)
    func `a client name means its upstream model`(row: Row) throws {
        let table = ModelTable(
            live: ["gemini-3-flash", "x", "new-model"].map { ModelTable.LiveModel(id: $0) },
            replacements: ["old-model": "new-model", "new-model": "newest"])
        let router = ModelRouter(customMapping: row.mapping, table: table)
        #expect(try router.resolve(row.name).target.id == row.target)
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
