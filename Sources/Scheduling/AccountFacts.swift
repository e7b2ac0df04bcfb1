/// How an account speaks to Google.
public enum AccountKind: UInt8, Sendable, Hashable, CaseIterable {
    /// A Google user's OAuth credentials, Code Assist API.
    case codeAssist = 0
    /// A Gemini API key, public API.
    case geminiKey = 1
}

/// What the scheduler knows of one account. The whole list comes with every change, in the operator's order.
public struct AccountFacts: Sendable, Equatable {
    public let id: String
    public let kind: AccountKind
    /// The service has found its credentials dead.
    public let isDisabled: Bool
    /// The operator has taken it out of AI traffic.
    public let isProxyDisabled: Bool

    public init(id: String, kind: AccountKind, isDisabled: Bool, isProxyDisabled: Bool) {
        self.id = id
        self.kind = kind
        self.isDisabled = isDisabled
        self.isProxyDisabled = isProxyDisabled
    }

    /// A member of the pool: neither the service nor the operator has taken it out.
    public var isPooled: Bool { !isDisabled && !isProxyDisabled }
}
