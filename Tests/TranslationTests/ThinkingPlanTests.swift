import GoogleAPI
import JSON
import Testing

@testable import Translation

@Suite struct ThinkingPlanTests {
    struct Row: CustomTestStringConvertible {
        var model: String
        var wish: ThinkingWish
        var limit: Int?
        var budget: Int?
        var shows: Bool
        var sent: Int?
        var testDescription: String { "\(model) \(wish) \(limit.map(String.init) ?? "-")" }
    }

    static let rows = [
        Row(
            model: "claude-sonnet-4-5-thinking", wish: .budget(5000), limit: 100, budget: 5000, shows: true, sent: 13192
        ),
        Row(
            model: "claude-sonnet-4-5-thinking", wish: .budget(64000), limit: nil, budget: 62976, shows: true,
            sent: 64000),
        Row(model: "claude-sonnet-4-5-thinking", wish: .budget(5), limit: nil, budget: 1024, shows: true, sent: 64000),
        Row(
            model: "claude-sonnet-4-5-thinking", wish: .effort(.auto), limit: nil, budget: 16000, shows: true,
            sent: 64000),
        Row(model: "claude-sonnet-4-5-thinking", wish: .off, limit: 10, budget: nil, shows: false, sent: 10),
        Row(model: "claude-sonnet-4-5", wish: .effort(.high), limit: 10, budget: nil, shows: false, sent: 10),
        Row(model: "claude-sonnet-4-6", wish: .effort(.medium), limit: nil, budget: 8192, shows: true, sent: 64000),
        Row(model: "claude-sonnet-4-6", wish: .unspecified, limit: nil, budget: nil, shows: false, sent: 64000),
        Row(model: "gemini-2.5-flash", wish: .unspecified, limit: 20, budget: 0, shows: false, sent: 20),
        Row(model: "gemini-2.5-flash", wish: .unspecified, limit: 5000, budget: nil, shows: false, sent: 5000),
        Row(model: "gemini-2.5-flash", wish: .effort(.auto), limit: 20, budget: -1, shows: true, sent: 20),
        Row(model: "gemini-2.5-flash", wish: .effort(.max), limit: nil, budget: 24576, shows: true, sent: nil),
        Row(model: "gemini-2.5-flash-lite", wish: .effort(.minimal), limit: nil, budget: 512, shows: true, sent: nil),
        Row(model: "gemini-2.5-flash-lite", wish: .unspecified, limit: 20, budget: nil, shows: false, sent: 20),
        Row(model: "gemini-2.5-pro", wish: .off, limit: 20, budget: 128, shows: false, sent: 148),
        Row(model: "gemini-2.5-pro", wish: .effort(.xhigh), limit: nil, budget: 24576, shows: true, sent: nil),
        Row(model: "gemini-3-pro-high", wish: .unspecified, limit: nil, budget: 16000, shows: true, sent: nil),
        Row(model: "gemini-3-pro-low", wish: .unspecified, limit: 5000, budget: 4096, shows: true, sent: 5000),
        Row(model: "gemini-3-pro-high", wish: .unspecified, limit: 20, budget: 128, shows: false, sent: 148),
        Row(model: "gemini-3-flash", wish: .budget(8192), limit: 8192, budget: 8192, shows: true, sent: 16384),
        Row(model: "gemini-2.0-flash", wish: .effort(.high), limit: 9000, budget: nil, shows: false, sent: 8192),
        Row(model: "gpt-oss-120b-medium", wish: .effort(.high), limit: nil, budget: nil, shows: false, sent: nil),
    ]

    @Test(arguments: rows)
    func `wish and limit become a budget with room for the answer`(row: Row) {
        let plan = plan(row.model, row.wish, row.limit)
        #expect(plan.budget == row.budget)
        #expect(plan.includesThoughts == row.shows)
        #expect(plan.outputTokensMax == row.sent)
    }

    @Test func `no wish and no limit overstep what the model takes`() {
        let efforts = ThinkingWish.Effort.allCases.map { ThinkingWish.effort($0) }
        let budgets = [1, 127, 128, 1023, 1024, 24576, 24577, 64000, 1 << 40, -1].map { ThinkingWish.budget($0) }
        for model in ModelFacts.known.map(\.id) + ["gemini-4-flash", "claude-opus-5", "gemini-2.0-flash"] {
            let target = TargetModel(id: model)
            for wish in [.unspecified, .off, .on] + efforts + budgets {
                for limit in [nil, 1, 100, 1024, 1025, 4095, 4096, 30000, 64000, 65535, 1 << 40] as [Int?] {
                    let plan = plan(model, wish, limit)
                    let budget = plan.budget
                    let fits =
                        budget.map { budget in
                            guard let range = target.thinking else { return false }
                            if budget == 0 { return range.canSwitchOff && !target.isClaude }
                            return budget == -1 ? range.takesDynamic : range.budgets.contains(budget)
                        } ?? true
                    let leavesRoom =
                        plan.outputTokensMax.map { (1...target.outputTokensMax).contains($0) && $0 > budget ?? 0 }
                        ?? true
                    if !fits || !leavesRoom { Issue.record("\(model) \(wish) \(String(describing: limit)): \(plan)") }
                }
            }
        }
    }

    private func plan(_ model: String, _ wish: ThinkingWish, _ limit: Int?) -> ThinkingPlan {
        var request = GenerationRequest(clientModel: model)
        request.thinking = wish
        request.sampling.outputTokensMax = limit
        return ThinkingPlan(
            request, target: UpstreamTarget(model: TargetModel(id: model), project: nil, requestID: "1"))
    }
}
