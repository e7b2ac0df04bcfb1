/// Which account serves a request, and what follows a failed attempt: a pure state machine. Events come in with the
/// moment they happened and a source of randomness; effects go out in the order in which they are to be performed.
///
/// Accounts take turns. A request never gets an account twice but for the one repeat that a class of failure allows,
/// and it ends: three counters bound its attempts, and a budget bounds the retries of all requests together.
public struct Scheduler: Sendable, Equatable {
    let settings: SchedulerSettings
    private let incarnation: String
    private var leaseCount = 0
    var ring = AccountRing()
    var budget: RetryBudget
    /// By request id.
    var requests: [String: RequestState] = [:]
    /// Request ids by lease id: the live lease of each request, and the one before it, whose outcome may come again.
    var owners: [String: String] = [:]

    /// - Parameter incarnation: stands at the front of every lease id; differs from one start of the process to the next.
    public init(settings: SchedulerSettings, incarnation: String) {
        self.settings = settings
        self.incarnation = incarnation
        budget = RetryBudget(
            tokens: settings.retryBudgetTokens, perRequestThousandths: settings.retryBudgetPerRequestThousandths)
    }

    /// Takes in one event. `now` must not run backwards.
    public mutating func handle(
        _ event: SchedulerEvent, now: SchedulerInstant, random: inout some RandomNumberGenerator
    ) -> [SchedulerEffect] {
        switch event {
        case .accountsChanged(let accounts): return replaceAccounts(accounts)
        case .requested(let ask): return grantOrDeny(ask, now)
        case .cancelled(let requestID): forget(requestID)
        case .committed(let lease):
            update(lease) {
                $0.hasCommittedContent = true; $0.namedAt = now
            }
        case .alive(let leases):
            for lease in leases { update(lease) { $0.namedAt = now } }
        case .outcome(let outcome): return answer(outcome, now, &random)
        case .credentialFailed(let lease, let attemptClass): return goOn(from: lease, attemptClass, now, &random)
        case .workerGone(let worker): forgetAll { $0.ask.worker == worker }
        case .timePassed:
            let silenceMax = settings.leaseSilenceMaxMilliseconds
            forgetAll { $0.namedAt.milliseconds(until: now) > silenceMax }
        }
        return []
    }

    // MARK: What the supervisor shows

    /// Leases that are out.
    public var liveLeaseCount: Int { requests.count }

    /// Leases that are out on one account.
    public func liveLeaseCount(account: String) -> Int {
        requests.values.count { $0.lease.account == account }
    }

    /// Whether a request is between its first ask and its last outcome.
    public func isKnown(request: String) -> Bool { requests[request] != nil }

    /// Whether this lease is out.
    public func isLive(lease: String) -> Bool {
        guard let owner = owners[lease] else { return false }
        return requests[owner]?.lease.id == lease
    }

    // MARK: State shared by the parts

    mutating func makeLease(
        _ ask: LeaseAsk, attempt: Int, account: String, endpoint: Int = 0, credential: CredentialDemand = .fresh,
        totalMillisecondsLeft: Int
    ) -> Lease {
        leaseCount += 1
        return Lease(
            id: "\(incarnation)-\(leaseCount)", requestID: ask.requestID, attempt: attempt, worker: ask.worker,
            account: account, endpoint: endpoint, credential: credential,
            totalMillisecondsLeft: max(0, totalMillisecondsLeft))
    }

    /// Ends a request without an answer to anybody; its lease is free.
    mutating func forget(_ requestID: String) {
        guard let request = requests.removeValue(forKey: requestID) else { return }
        owners[request.lease.id] = nil
        if let earlier = request.verdict?.lease { owners[earlier] = nil }
    }

    private mutating func forgetAll(where isOver: (RequestState) -> Bool) {
        for (id, request) in requests where isOver(request) { forget(id) }
    }

    private mutating func update(_ lease: String, _ change: (inout RequestState) -> Void) {
        guard isLive(lease: lease), let owner = owners[lease] else { return }
        change(&requests[owner]!)
    }
}
