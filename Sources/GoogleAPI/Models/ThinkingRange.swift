/// What a model takes as thinking configuration. Budgets are in tokens.
///
/// Sources: Gemini API, "Thinking" (budget ranges and levels); Anthropic, "Extended thinking" (at least 1024).
public struct ThinkingRange: Sendable, Equatable {
    /// Smallest budget other than an allowed 0.
    public let budgetMin: Int
    public let budgetMax: Int
    /// A budget of 0 switches thinking off.
    public let isOffable: Bool
    /// -1 lets the model decide.
    public let allowsDynamic: Bool
    /// Levels the model knows, lowest first; empty if it takes only budgets.
    public let levels: [String]

    /// Above this, Code Assist has refused budgets of Gemini ids that the public API takes.
    public static let codeAssistBudgetMax = 24_576
    /// The budget that lets the model decide.
    public static let dynamicBudget = -1

    public func allows(budget: Int) -> Bool {
        if budget == 0 { return isOffable }
        if budget == Self.dynamicBudget { return allowsDynamic }
        return (budgetMin...budgetMax).contains(budget)
    }

    static let claude = ThinkingRange(
        budgetMin: 1024, budgetMax: 64_000, isOffable: false, allowsDynamic: false, levels: [])
    static let pro25 = ThinkingRange(
        budgetMin: 128, budgetMax: 32_768, isOffable: false, allowsDynamic: true, levels: [])
    static let flash25 = ThinkingRange(
        budgetMin: 1, budgetMax: 24_576, isOffable: true, allowsDynamic: true, levels: [])
    static let flashLite25 = ThinkingRange(
        budgetMin: 512, budgetMax: 24_576, isOffable: true, allowsDynamic: true, levels: [])
    static let pro3 = ThinkingRange(
        budgetMin: 128, budgetMax: 32_768, isOffable: false, allowsDynamic: true, levels: ["low", "high"])
    static let pro31 = ThinkingRange(
        budgetMin: 128, budgetMax: 32_768, isOffable: false, allowsDynamic: true, levels: ["low", "medium", "high"])
    static let flash3 = ThinkingRange(
        budgetMin: 128, budgetMax: 24_576, isOffable: false, allowsDynamic: true,
        levels: ["minimal", "low", "medium", "high"])
}
