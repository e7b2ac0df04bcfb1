/// Operator settings of the translation (`gateway.translation.*` and a few of `gateway.upstream.*`).
public struct TranslationSettings: Sendable, Equatable {
    /// `userAgent` of the Code Assist envelope.
    public var envelopeUserAgent = "antigravity"
    public var safety = SafetyThreshold.off
    public var thinkingBudgetMode = ThinkingBudgetMode.auto
    /// Model for search when the target cannot search.
    public var searchModel = "gemini-2.5-flash"
    public var unknownModel = UnknownModelPolicy.passthrough

    public init() {}

    /// What happens to a client's budget.
    public enum ThinkingBudgetMode: Sendable, Equatable {
        /// Clamped to the model's range.
        case auto
        /// As the client gave it.
        case passthrough
        case custom(Int)
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
