/// The numbers the scheduler works with. Each is a setting of the operator or a named bound.
public struct SchedulerSettings: Sendable, Equatable {
    /// Attempts after a temporary failure, per request; image and token-counting requests have at most one.
    public var retriesMax = 2
    /// Moves to another account because one is certainly unusable, per request: at most nine accounts are asked.
    public var walkMax = 8
    /// Repeats with a repaired body, per request.
    public var repairsMax = 1
    /// Accounts asked in one request when each answers a bare 429: after that the request itself is the suspect.
    public var bareRefusalAccountsMax = 3
    /// Tokens of the gateway-wide retry budget when it is full. Zero turns retries off.
    public var retryBudgetTokens = 10
    /// Thousandths of a token that each new request adds to the retry budget.
    public var retryBudgetPerRequestThousandths = 200
    /// Longest stated delay of a `rate` refusal that is waited out on the same account.
    public var sameAccountWaitMaxMilliseconds = 3_000
    /// A lease its worker has not named for this long is taken back.
    public var leaseSilenceMaxMilliseconds = 90_000
    /// Requests known at once; a further one is denied as busy. Twice the connections the gateway can hold.
    public var requestCountMax = 16_384
    /// Base addresses an attempt can go to, in order.
    public var endpointCount = 1
    /// Kinds of account the workers can speak for.
    public var servedKinds: Set<AccountKind> = [.codeAssist]

    public init() {}
}
