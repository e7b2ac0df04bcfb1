import GoogleAPI

/// Upstream models: what Google's table says by name, corrected by what quota reads reported.
public struct ModelTable: Sendable {
    /// A live row, as `fetchAvailableModels` gave it.
    public struct LiveModel: Sendable, Equatable {
        public var id: String
        public var inputTokensMax: Int?
        public var outputTokensMax: Int?
        public var thinkingBudgetMin: Int?

        public init(
            id: String, inputTokensMax: Int? = nil, outputTokensMax: Int? = nil, thinkingBudgetMin: Int? = nil
        ) {
            self.id = id
            self.inputTokensMax = inputTokensMax
            self.outputTokensMax = outputTokensMax
            self.thinkingBudgetMin = thinkingBudgetMin
        }
    }

    private var live: [String: LiveModel] = [:]
    /// Replaced ids and what they became.
    private let replacements: [String: String]

    public init(live: [LiveModel] = [], replacements: [String: String] = [:]) {
        for model in live { self.live[model.id] = model }
        self.replacements = replacements
    }

    public var liveIDs: [String] { live.keys.sorted() }

    /// Until the first quota read nothing is known, and then no id counts as unknown.
    func lacks(_ id: String) -> Bool { !live.isEmpty && live[id] == nil }

    func offers(_ id: String) -> Bool { live[id] != nil }

    /// The id that took the place of this one.
    func current(_ id: String) -> String { replacements[id] ?? id }

    public func target(_ id: String) -> TargetModel {
        var target = TargetModel(id: id)
        guard let row = live[id] else { return target }
        if let limit = row.inputTokensMax, limit > 0 { target.inputTokensMax = limit }
        if let limit = row.outputTokensMax, limit > 0 {
            // What is reported is an exclusive bound on some Gemini models: the family's figure is right for all.
            target.outputTokensMax = target.isClaude ? limit : min(limit, target.outputTokensMax)
        }
        if let least = row.thinkingBudgetMin, let budgets = target.thinking?.budgets, budgets.contains(least) {
            target.thinking?.budgets = least...budgets.upperBound
        }
        return target
    }
}
