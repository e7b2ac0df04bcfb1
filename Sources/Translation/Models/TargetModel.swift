import GoogleAPI

/// The upstream model of one request, with everything translation needs to know about it.
public struct TargetModel: Sendable, Equatable {
    public var id: String
    public var family: ModelFamily
    public var isImage: Bool
    public var inputTokensMax: Int
    public var outputTokensMax: Int
    public var thinking: Thinking?

    /// How the model thinks. Budgets are in tokens.
    public struct Thinking: Sendable, Equatable {
        public var budgets: ClosedRange<Int>
        /// Can be told not to think: by budget 0, for Claude by leaving the configuration out.
        public var canSwitchOff: Bool
        /// -1 lets the model decide.
        public var takesDynamic: Bool
        public var thinksByDefault: Bool
        /// Sent when the client says nothing; `nil`: nothing is sent then.
        public var defaultBudget: Int?
        /// Sent when the client wants thinking without an amount.
        public var usualBudget: Int
        /// Levels that are sent in place of budgets, least first; empty: budgets are sent.
        public var levels: [String]
    }

    /// Budget of models that think when the client says nothing about it.
    static let defaultBudget = 16000
    /// The same for ids ending in `-low`.
    static let defaultBudgetLow = 4096

    /// Which of Google's APIs serves the model: they differ in how thinking is asked for.
    public enum API: Sendable {
        /// Budgets only, with a ceiling of its own.
        case codeAssist
        /// The public Gemini API: levels for the models that have them.
        case gemini

        /// Whether `generationConfig` has this member of Google's own; the public API lacks one (Gemini API, "GenerationConfig").
        func takes(_ setting: StaticString) -> Bool {
            self == .codeAssist || setting.description != "audioTimestamp"
        }
    }

    public init(id: String, on api: API = .codeAssist) {
        let facts = ModelFacts.of(id)
        self.id = id
        family = facts.family
        isImage = facts.isImage
        inputTokensMax = facts.contextTokensMax
        outputTokensMax = facts.outputTokensMax
        thinking = facts.thinking.map { Thinking($0, of: facts, on: api) }
    }

    public var isClaude: Bool { family == .claude }

    /// Calls carry signatures that must come back, or the skip word.
    public var validatesSignatures: Bool { family == .gemini3 && !isImage }

    /// Whether visible text of its answers may be signed: Gemini 2.5 signs only when functions are declared.
    func signsText(withTools hasTools: Bool) -> Bool { family == .gemini3 || family == .gemini25 && hasTools }

    public var takesSearch: Bool { !isClaude && family != .gptOSS }

    /// Function tools and JSON mode in one request.
    public var takesToolsWithJSONMode: Bool { family == .gemini3 }

    /// JSON mode at all; others are asked in words.
    public var takesJSONMode: Bool { !isClaude && !isImage }

    /// Whether a while may pass before anything comes: models that think, and those that draw.
    public var thinksBeforeContent: Bool { thinking != nil || isImage }

    /// Sizes other than the usual one: the image models of Gemini 3.
    public var takesImageSize: Bool { isImage && family == .gemini3 }

    /// Makes images only if they are named among `responseModalities`.
    public var needsModalities: Bool { isImage && family != .gemini3 }

    /// Media inside a function response; for others they stand beside it.
    public var takesMediaInResults: Bool { isClaude || family == .gemini3 }
}

extension TargetModel.Thinking {
    init(_ range: ThinkingRange, of facts: ModelFacts, on api: TargetModel.API) {
        let id = facts.id.lowercased()
        let isClaude = facts.family == .claude
        let isCapped = api == .codeAssist && !isClaude
        let ceiling = isCapped ? min(range.budgetMax, ThinkingRange.codeAssistBudgetMax) : range.budgetMax
        levels = api == .gemini ? range.levels : []
        usualBudget = id.hasSuffix("-low") ? TargetModel.defaultBudgetLow : TargetModel.defaultBudget
        budgets = range.budgetMin...max(range.budgetMin, ceiling)
        canSwitchOff = range.isOffable || isClaude
        takesDynamic = range.allowsDynamic
        thinksByDefault = facts.thinksByDefault && !isClaude
        // Claude ids with the suffix, Gemini 3 Pro and its agent, and other ids that say so think unasked.
        let thinksUnasked = id.hasWord("thinking") || (facts.family == .gemini3 && id.hasWord("pro"))
        defaultBudget = thinksUnasked ? usualBudget : nil
    }
}
