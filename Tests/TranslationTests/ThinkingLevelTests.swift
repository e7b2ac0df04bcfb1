import GoogleAPI
import JSON
import Testing

@testable import Translation

/// Thinking on the public API, where some models take levels in place of budgets.
@Suite struct ThinkingLevelTests {
    struct Row: CustomTestStringConvertible {
        var model: String
        var wish: ThinkingWish
        var budget: Int?
        var level: String?
        var testDescription: String { "\(model) \(wish)" }
    }

    static let rows = [
        Row(model: "gemini-3-pro-preview", wish: .effort(.high), level: "high"),
        // The nearest level that thinks no less.
        Row(model: "gemini-3-pro-preview", wish: .effort(.medium), level: "high"),
        Row(model: "gemini-3-pro-preview", wish: .effort(.minimal), level: "low"),
        Row(model: "gemini-3-pro-preview", wish: .off, level: "low"),
        Row(model: "gemini-3-pro-preview", wish: .unspecified, level: "high"),
        Row(model: "gemini-3.1-pro-preview", wish: .effort(.medium), level: "medium"),
        Row(model: "gemini-3-flash-preview", wish: .effort(.minimal), level: "minimal"),
        Row(model: "gemini-3-flash-preview", wish: .budget(512), level: "minimal"),
        Row(model: "gemini-3-flash-preview", wish: .budget(513), level: "low"),
        Row(model: "gemini-3-flash-preview", wish: .budget(8192), level: "medium"),
        Row(model: "gemini-3-flash-preview", wish: .budget(8193), level: "high"),
        Row(model: "gemini-3-flash-preview", wish: .off, level: "minimal"),
        // The model decides.
        Row(model: "gemini-3-flash-preview", wish: .effort(.auto)),
        Row(model: "gemini-3-flash-preview", wish: .unspecified),
        Row(model: "gemini-2.5-flash", wish: .effort(.high), budget: 24576),
        // Code Assist's ceiling is not the public API's.
        Row(model: "gemini-2.5-pro", wish: .effort(.xhigh), budget: 32768),
    ]

    @Test(arguments: rows)
    func `a wish becomes a level where the model takes levels, and never both`(row: Row) throws {
        var request = GenerationRequest(clientModel: row.model)
        request.turns = [Turn(role: .user, parts: [.text("Hi")])]
        request.thinking = row.wish
        let target = UpstreamTarget(model: TargetModel(id: row.model, on: .gemini), project: nil, requestID: "r")
        let plan = ThinkingPlan(request, target: target)
        #expect(plan.budget == row.budget)
        #expect(plan.level == row.level)
        var codec = CodeAssistCodec()
        let body = try JSONValue(parsing: try codec.encodeRequest(request, target: target))
        let config = body["request"]?["generationConfig"]?["thinkingConfig"]
        #expect(config?["thinkingBudget"]?.int == row.budget)
        #expect(config?["thinkingLevel"]?.string == row.level)
        if row.wish == .effort(.auto) { #expect(config == ["includeThoughts": true]) }
    }

    @Test func `Code Assist gets budgets`() {
        for id in ["gemini-3-flash", "gemini-3.1-pro-high", "gemini-2.5-pro"] {
            #expect(TargetModel(id: id).thinking?.levels.isEmpty == true)
        }
    }
}
