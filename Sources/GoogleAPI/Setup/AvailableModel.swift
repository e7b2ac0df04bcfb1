import JSON

/// One model of `fetchAvailableModels`. Limits are in tokens; nil means the answer does not say.
public struct AvailableModel: Sendable, Equatable {
    public let id: String
    public let displayName: String?
    /// Nil if the answer has no `quotaInfo`: unknown, which is not the same as used up.
    public let quota: ModelQuota?
    public let supportsImages: Bool?
    public let supportsThinking: Bool?
    /// Default budget; -1 lets the model decide.
    public let thinkingBudget: Int?
    public let thinkingBudgetMin: Int?
    public let isRecommended: Bool
    public let contextTokensMax: Int?
    public let outputTokensMax: Int?

    init(id: String, _ node: JSONNode) {
        self.id = id
        displayName = node["displayName"]?.filledString
        quota = node["quotaInfo"].flatMap(ModelQuota.init)
        supportsImages = node["supportsImages"]?.bool
        supportsThinking = node["supportsThinking"]?.bool
        thinkingBudget = node["thinkingBudget"]?.lenientInt
        thinkingBudgetMin = node["minThinkingBudget"]?.lenientInt
        isRecommended = node["recommended"]?.bool ?? false
        contextTokensMax = node["maxTokens"]?.lenientInt
        outputTokensMax = node["maxOutputTokens"]?.lenientInt
    }
}

/// What is left of a model's quota window.
public struct ModelQuota: Sendable, Equatable {
    /// 0...1. Proto-JSON leaves a zero out, so a missing member means nothing is left.
    public let remainingFraction: Double
    /// RFC 3339 as it came.
    public let resetTime: String?

    /// Whole percent left, rounded down.
    public var percentage: Int { Int(remainingFraction * 100 + 1e-9) }

    init?(_ node: JSONNode) {
        guard node.kind == .object else { return nil }
        remainingFraction = min(1, max(0, node["remainingFraction"]?.lenientDouble ?? 0))
        resetTime = node["resetTime"]?.filledString
    }
}
