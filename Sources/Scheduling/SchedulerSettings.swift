/// The numbers the scheduler works with. Each is a setting of the operator or a named bound.
public struct SchedulerSettings: Sendable, Equatable {
    public var mode = SchedulingMode.balance
    /// This account first, whenever it can serve.
    public var preferredAccount: String?
    /// Longest wait of a conversation for its own account, in cache-first mode.
    public var boundWaitMaxMilliseconds = 60_000
    /// Life of a binding after its last use, and how many there are at most.
    public var sessionLifetimeMilliseconds = 3_600_000
    public var sessionCountMax = 50_000
    /// Leases out on one account at once; zero: any number.
    public var leasesPerAccountMax = 8
    /// Least time between two grants of one account.
    public var grantIntervalMilliseconds = 0
    /// Requests per minute on one account and quota; zero: no limit.
    public var requestsPerMinute = 0
    /// Longest wait for any account.
    public var waitMaxMilliseconds = 10_000
    /// Longest wait if only the number of leases is in the way.
    public var slotWaitMaxMilliseconds = 30_000
    /// Requests that wait, of one API key and in all.
    public var waitersPerKeyMax = 32
    public var waitersMax = 256
    /// False: only what the upstream states locks an account, never a count of failures.
    public var breaksCircuits = true
    /// Locks of a used-up quota whose reset time nobody states.
    public var quotaStepsMilliseconds = [60_000, 300_000, 1_800_000, 7_200_000]
    public var protection = QuotaProtection()
    public var tiers = Tiers()
    public var quotaKeys = QuotaKeys()
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
    public var servedKinds = Set(AccountKind.allCases) {
        didSet { servedSet = servedKinds.reduce(into: []) { $0.formUnion(AccountKindSet($1)) } }
    }
    /// The same as bits.
    private var servedSet: AccountKindSet = AccountKind.allCases.reduce(into: []) { $0.formUnion(AccountKindSet($1)) }

    public init() {}
}

/// How accounts are shared out.
public enum SchedulingMode: String, Sendable, CaseIterable {
    /// A conversation waits for its account.
    case cacheFirst = "CacheFirst"
    /// A conversation stays with its account unless that one is limited.
    case balance = "Balance"
    /// Strictly in turn, conversations or not.
    case performanceFirst = "PerformanceFirst"
}

extension SchedulerSettings {
    /// Kinds of account that can do what is asked: embeddings exist only in the public API, models of others than Google only
    /// in Code Assist.
    func kinds(for operation: LeaseOperation, foreignModel: Bool) -> AccountKindSet {
        var kinds = servedSet
        if operation == .embed { kinds.remove(AccountKindSet(.codeAssist)) }
        if foreignModel { kinds.remove(AccountKindSet(.geminiKey)) }
        return kinds
    }
}
