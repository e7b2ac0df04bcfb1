/// Operator settings of the translation (`gateway.translation.*` and a few of `gateway.upstream.*`).
public struct TranslationSettings: Sendable, Equatable {
    /// `userAgent` of the Code Assist envelope.
    public var envelopeUserAgent = "antigravity"
    public var safety = SafetyThreshold.off
    public var thinkingBudgetMode = ThinkingBudgetMode.auto
    /// Model for search when the target cannot search.
    public var searchModel = "gemini-2.5-flash"
    public var unknownModel = UnknownModelPolicy.passthrough
    /// A Claude model that no account offers may be served by the same one of the generation beside it.
    public var usesTwins = true
    /// Chat answers with search also list their sources behind the text.
    public var appendsSources = false
    /// Upstream models that take penalties; most refuse a request that has one.
    public var penaltyModels: [ModelPattern] = []
    /// Thinking in the history that cannot be sent as thinking is sent as text of the model, instead of being left out.
    public var keepsDroppedThinking = false
    /// Warm-up messages of Claude Code are answered on the spot.
    public var answersWarmup = false
    /// Texts by which background tasks of Claude Code are known; empty: they are normal requests.
    public var backgroundMarkers: [String] = []
    /// Upstream models that give log probabilities; most refuse a request for them.
    public var logprobsModels: [ModelPattern] = []

    public init() {}

    /// What happens to a client's budget.
    public enum ThinkingBudgetMode: Sendable, Equatable {
        /// Clamped to the model's range.
        case auto
        /// As the client gave it.
        case passthrough
        case custom(Int)
    }

    /// The word of the setting: `auto`, `passthrough` or `custom:` and a number of tokens.
    public static func thinkingBudgetMode(word: String) -> ThinkingBudgetMode? {
        switch word {
        case "auto": return .auto
        case "passthrough": return .passthrough
        default:
            guard word.hasPrefix("custom:"), let budget = Int(word.dropFirst("custom:".count)), budget >= 0 else {
                return nil
            }
            return .custom(budget)
        }
    }

    public enum UnknownModelPolicy: Sendable, Equatable {
        case passthrough
        case fallback(String)
        case reject
    }

    /// One threshold for all harm categories; the raw value is the word of the setting.
    public enum SafetyThreshold: String, Sendable, CaseIterable {
        case off, none, high, medium, low
        /// No `safetySettings` at all.
        case omit
    }
}
