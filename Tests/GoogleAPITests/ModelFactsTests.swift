import GoogleAPI
import Testing

@Suite struct ModelFactsTests {
    struct Row: CustomTestStringConvertible {
        let id: String
        let family: ModelFamily
        let output: Int
        /// Budgets at the edges that are taken and refused; both empty: no thinking configuration.
        var taken: [Int] = []
        var refused: [Int] = []
        var levels: [String] = []
        var testDescription: String { id }
    }

    static let rows: [Row] = [
        Row(
            id: "gemini-2.5-pro", family: .gemini25, output: 65_535, taken: [128, 32_768, -1],
            refused: [0, 127, 32_769]),
        Row(
            id: "gemini-2.5-flash", family: .gemini25, output: 65_535, taken: [0, 1, 24_576, -1], refused: [24_577, -2]),
        Row(id: "gemini-2.5-flash-lite", family: .gemini25, output: 65_535, taken: [0, 512, -1], refused: [1, 511]),
        Row(
            id: "gemini-3-pro-high", family: .gemini3, output: 65_535, taken: [128, -1], refused: [0],
            levels: ["low", "high"]),
        Row(
            id: "gemini-3.1-pro-low", family: .gemini3, output: 65_535, taken: [24_576], refused: [0],
            levels: ["low", "medium", "high"]),
        Row(
            id: "gemini-3-flash", family: .gemini3, output: 65_535, taken: [128, 24_576], refused: [0],
            levels: ["minimal", "low", "medium", "high"]),
        Row(id: "gemini-3-pro-image", family: .gemini3, output: 65_535),
        Row(id: "gemini-2.0-flash", family: .geminiOld, output: 8_192),
        Row(id: "claude-sonnet-4-5", family: .claude, output: 64_000),
        Row(
            id: "claude-opus-4-5-thinking", family: .claude, output: 64_000, taken: [1024, 64_000],
            refused: [0, -1, 1023]),
        Row(id: "claude-sonnet-4-6", family: .claude, output: 64_000, taken: [1024], refused: [0]),
        Row(id: "gpt-oss-120b-medium", family: .gptOSS, output: 32_768),
    ]

    @Test(arguments: rows)
    func `an id tells family, limits and thinking range`(row: Row) {
        let facts = ModelFacts.of(row.id)
        check(facts.family, row.family, row.id)
        check(facts.outputTokensMax, row.output, row.id)
        check(facts.thinking == nil, row.taken.isEmpty, row.id)
        check(facts.thinking?.levels ?? [], row.levels, row.id)
        for budget in row.taken { check(facts.thinking?.allows(budget: budget), true, "\(row.id) \(budget)") }
        for budget in row.refused { check(facts.thinking?.allows(budget: budget), false, "\(row.id) \(budget)") }
    }

    @Test func `the known table has one row an id`() {
        let ids = ModelFacts.known.map(\.id)
        check(Set(ids).count, ids.count)
    }
}
