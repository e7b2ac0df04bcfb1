import JSON

/// How much a request thinks upstream, and the output limit that goes with it.
///
/// `maxOutputTokens` must exceed the budget, budgets have a range for each model, and a small limit on a model that thinks
/// unasked would leave no room for an answer: all of that is settled here.
struct ThinkingPlan: Equatable {
    /// `nil`: no `thinkingConfig`.
    var budget: Int?
    /// In place of a budget, for models that take levels. Never beside one.
    var level: String?
    var includesThoughts = false
    /// `nil`: no `maxOutputTokens`.
    var outputTokensMax: Int?

    /// Limits below this leave no room for thinking that nobody asked for.
    static let smallLimit = 4096
    /// Room for the answer beside the budget.
    static let answerRoom = 8192
    /// Least room for the answer when the model's own limit leaves no more.
    static let answerRoomMin = 1024

    /// Whether thoughts are wished and sent: what the Claude rules about histories and sampling ask.
    var isOn: Bool { (level != nil || budget != nil && budget != 0) && includesThoughts }

    init(_ request: GenerationRequest, target: UpstreamTarget) {
        let model = target.model
        let wished = request.sampling.outputTokensMax.map { min($0, model.outputTokensMax) }
        outputTokensMax = wished ?? (model.isClaude ? model.outputTokensMax : nil)
        guard let range = model.thinking, target.repair != .thinkingConfiguration else { return }
        if model.isClaude, target.repair == .signatures || Self.forcesTool(request.toolChoice) { return }
        guard let amount = Self.amount(request, model: model, range: range, mode: target.settings.thinkingBudgetMode)
        else {
            if request.thinking == .off { switchOff(model, range) } else { keepSmallAnswersVisible(model, range) }
            return
        }
        if request.thinking == .unspecified, !model.isClaude, let wished, wished < Self.smallLimit {
            keepSmallAnswersVisible(model, range)
            return
        }
        budget = amount
        // Claude's thoughts have to come back with the history, so they are sent for whether the client sees them or not.
        includesThoughts = request.showsThinking || model.isClaude
        makeRoom(for: amount, model)
        speakInLevels(range)
    }

    /// The budget in words: the nearest level that thinks no less, else the highest. Without a limit the model decides.
    private mutating func speakInLevels(_ range: TargetModel.Thinking) {
        guard !range.levels.isEmpty, let amount = budget else { return }
        budget = nil
        guard amount >= 0 else { return }
        let wished = Self.levels.firstIndex { amount <= $0.budgetMax } ?? Self.levels.count - 1
        level =
            Self.levels[wished...].first { range.levels.contains($0.name) }?.name ?? range.levels.last
    }

    /// Levels from the least on, and the greatest budget that each stands for.
    private static let levels: [(name: String, budgetMax: Int)] = [
        ("minimal", 512), ("low", 1024), ("medium", 8192), ("high", .max),
    ]

    /// Without thinking, for a history that Claude would not accept with it.
    func withoutThinking() -> ThinkingPlan {
        var plan = self
        plan.budget = nil
        plan.level = nil
        plan.includesThoughts = false
        return plan
    }

    /// Claude refuses forced tool use with thinking on.
    static func forcesTool(_ choice: ToolChoice) -> Bool {
        switch choice {
        case .required, .forced: true
        case .unspecified, .auto, .none, .allowed, .validated: false
        }
    }

    /// The budget to send; nil when thinking is not wished.
    private static func amount(
        _ request: GenerationRequest, model: TargetModel, range: TargetModel.Thinking,
        mode: TranslationSettings.ThinkingBudgetMode
    ) -> Int? {
        let wish: Int
        switch request.thinking {
        case .off: return nil
        case .unspecified:
            guard !model.isClaude || request.thinksUnaskedOnClaude else { return nil }
            if let hint = request.effortHint, range.thinksByDefault || range.defaultBudget != nil {
                wish = budget(of: hint, range)
            } else if let usual = range.defaultBudget {
                wish = usual
            } else {
                return nil
            }
        case .on: wish = range.usualBudget
        case .budget(let tokens): wish = tokens
        case .effort(let effort): wish = budget(of: effort, range)
        }
        switch mode {
        case .custom(let tokens): return tokens
        case .passthrough: return wish
        case .auto: return clamp(wish, range)
        }
    }

    static func budget(of effort: ThinkingWish.Effort, _ range: TargetModel.Thinking) -> Int {
        switch effort {
        case .minimal: 512
        case .low: 1024
        case .medium: 8192
        case .high: 24576
        case .xhigh: 32768
        case .max: range.budgets.upperBound
        case .auto: -1
        }
    }

    private static func clamp(_ wish: Int, _ range: TargetModel.Thinking) -> Int {
        if wish < 0 { return range.takesDynamic ? -1 : range.usualBudget }
        return min(max(wish, range.budgets.lowerBound), range.budgets.upperBound)
    }

    private mutating func makeRoom(for amount: Int, _ model: TargetModel) {
        guard amount > 0, let limit = outputTokensMax, limit <= amount else { return }
        let wider = min(amount + Self.answerRoom, model.outputTokensMax)
        outputTokensMax = wider
        guard wider <= amount else { return }
        let narrower = wider - Self.answerRoomMin
        let least = model.thinking?.budgets.lowerBound ?? Self.answerRoomMin
        if narrower >= least {
            budget = narrower
        } else {
            budget = nil
            includesThoughts = false
        }
    }

    /// Thinking was refused by the client: off, or as little as the model can, out of sight.
    private mutating func switchOff(_ model: TargetModel, _ range: TargetModel.Thinking) {
        if model.isClaude { return }
        guard !range.canSwitchOff else {
            budget = 0
            return
        }
        thinkLeast(model, range)
    }

    /// Nobody asked for thinking, but the model does it by default and the limit is small.
    private mutating func keepSmallAnswersVisible(_ model: TargetModel, _ range: TargetModel.Thinking) {
        guard !model.isClaude, range.thinksByDefault, let limit = outputTokensMax, limit < Self.smallLimit else {
            return
        }
        if range.canSwitchOff { budget = 0 } else { thinkLeast(model, range) }
    }

    private mutating func thinkLeast(_ model: TargetModel, _ range: TargetModel.Thinking) {
        let least = range.budgets.lowerBound
        budget = least
        speakInLevels(range)
        guard let limit = outputTokensMax, limit < Self.smallLimit else { return }
        outputTokensMax = min(limit + least, model.outputTokensMax)
    }
}
