import GoogleAPI
import JSON

nonisolated extension StrictRules {
    /// Rules for `thinkingConfig`.
    static let thinking: [StrictRule] = [
        StrictRule("thinking-unsupported", "only models that think take a thinking configuration") { call in
            guard call.thinking != nil, call.facts.thinking == nil else { return nil }
            return .init(
                thinkingPath, "Unable to submit request because thinking_config is not supported by \(call.model).")
        },
        StrictRule("thinking-both", "a budget or a level, not both") { call in
            guard call.budget != nil, call.level != nil else { return nil }
            return .init(thinkingPath, "You can only set only one of thinking budget and thinking level.")
        },
        StrictRule("thinking-level", "the level is one the model knows and its id does not name") { call in
            guard let level = call.level, let range = call.facts.thinking else { return nil }
            let isInName = call.model.hasSuffix("-high") || call.model.hasSuffix("-low")
            return !isInName && range.levels.contains(level.lowercased())
                ? nil
                : .init(
                    "\(thinkingPath).thinking_level",
                    "Unable to submit request because thinking_level \(level.prefix(20)) is not supported by \(call.model)."
                )
        },
        StrictRule("thinking-budget", "the budget is within the model's range") { call in
            guard let budget = call.budget, let range = call.facts.thinking else { return nil }
            let isBelowCeiling = call.isClaude || call.api == .gemini || budget <= ThinkingRange.codeAssistBudgetMax
            return range.allows(budget: budget) && isBelowCeiling
                ? nil
                : .init(
                    "\(thinkingPath).thinking_budget",
                    "The thinking budget \(budget) is invalid. Please choose a value between \(range.budgetMin) and \(range.budgetMax)."
                )
        },
        StrictRule("thinking-budget-output", "the budget leaves room for an answer") { call in
            guard let budget = call.budget, budget > 0,
                let limit = call.configInt("maxOutputTokens", "max_output_tokens"), budget >= limit
            else { return nil }
            return .init(
                thinkingPath, "`max_tokens` must be greater than `thinking.budget_tokens`: \(limit), \(budget).")
        },
    ]

    static let thinkingPath = "request.generation_config.thinking_config"
}

nonisolated extension UpstreamCall {
    var budget: Int? {
        let node = thinking?.field("thinkingBudget", "thinking_budget")
        return node?.int ?? node?.string.flatMap { Int($0) }
    }

    var level: String? { thinking?.field("thinkingLevel", "thinking_level")?.string }
    var includesThoughts: Bool { thinking?.field("includeThoughts", "include_thoughts")?.bool ?? false }
}
