/// How an account speaks to Google.
public enum AccountKind: UInt8, Sendable, Hashable, CaseIterable {
    /// A Google user's OAuth credentials, Code Assist API.
    case codeAssist = 0
    /// A Gemini API key, public API.
    case geminiKey = 1
}

/// What the scheduler knows of one account from outside. The whole list comes with every change, in the operator's order.
public struct AccountFacts: Sendable, Equatable {
    public let id: String
    public let kind: AccountKind
    /// The service has found its credentials dead.
    public let isDisabled: Bool
    /// The operator has taken it out of AI traffic.
    public let isProxyDisabled: Bool
    /// The subscription tier as Google names it.
    public let tier: String?
    /// What Google last said about its models and their quota; nil before the first answer.
    public let quota: QuotaSnapshot?

    public init(
        id: String, kind: AccountKind, isDisabled: Bool, isProxyDisabled: Bool, tier: String? = nil,
        quota: QuotaSnapshot? = nil
    ) {
        self.id = id
        self.kind = kind
        self.isDisabled = isDisabled
        self.isProxyDisabled = isProxyDisabled
        self.tier = tier
        self.quota = quota
    }

    /// A member of the pool: neither the service nor the operator has taken it out.
    public var isPooled: Bool { !isDisabled && !isProxyDisabled }
}

/// An account's models and what is left of them, at one moment.
public struct QuotaSnapshot: Sendable, Equatable {
    public struct Model: Sendable, Equatable {
        /// The upstream's id.
        public let name: String
        /// Remaining per cent, 0...100.
        public let percentage: Int
        /// When the quota is full again, if the upstream says so.
        public let resetAt: SchedulerInstant?

        public init(name: String, percentage: Int, resetAt: SchedulerInstant? = nil) {
            self.name = name
            self.percentage = percentage
            self.resetAt = resetAt
        }
    }

    public let models: [Model]
    public let takenAt: SchedulerInstant

    public init(models: [Model], takenAt: SchedulerInstant) {
        self.models = models
        self.takenAt = takenAt
    }
}
