/// Which account serves a request, and what follows a failed attempt: a pure state machine. Events come in with the
/// moment they happened and a source of randomness; effects go out in the order in which they are to be performed.
///
/// What the upstream says about an account is filed under the account and the quota key (`Cell`), never under the account
/// alone. A request never gets an account twice but for the one repeat that a class of failure allows, and it ends: three
/// counters bound its attempts, and a budget bounds the retries of all requests together.
///
/// Requests, accounts and conversations are named within by their numbers and places; texts are looked up where they come
/// in. Methods that only read are mutating all the same: they look at the state in place.
public struct Scheduler: Sendable, Equatable {
    public internal(set) var settings: SchedulerSettings
    private var leaseName: LeaseName
    var keys: KeyIndex
    var pool = Pool()
    var bindings: Bindings
    var quarantine = Quarantine()
    /// Models without capacity, whichever account asks.
    var modelHolds = Holds<String>()
    /// Base addresses that do not answer, by index.
    var endpointHolds = Holds<Int>()
    var budget: RetryBudget
    var requests = RequestTable()
    var line = WaitingLine()
    /// Leases that are out.
    public private(set) var liveLeaseCount = 0
    /// Leases that nobody has reported on: their worker has died, or has gone silent.
    public private(set) var lostLeaseCount = 0
    /// Moves with every change of what is kept of accounts over a restart.
    public internal(set) var durableRevision = 0

    /// - Parameter incarnation: stands at the front of every lease id; differs from one start of the process to the next.
    public init(settings: SchedulerSettings, incarnation: String) {
        self.settings = settings
        leaseName = LeaseName(incarnation: incarnation)
        keys = KeyIndex(settings.quotaKeys)
        bindings = Bindings(lifetime: settings.sessionLifetimeMilliseconds, countMax: settings.sessionCountMax)
        budget = RetryBudget(
            tokens: settings.retryBudgetTokens, perRequestThousandths: settings.retryBudgetPerRequestThousandths)
    }

    /// Takes in one event. `now` must not run backwards.
    public mutating func handle(
        _ event: consuming SchedulerEvent, now: SchedulerInstant, random: inout some RandomNumberGenerator
    ) -> [SchedulerEffect] {
        let (mayOpenAnything, mayMoveLooks) = (event.mayOpenAnything, event.mayMoveLooks)
        var effects = take(event, now, &random)
        if line.count > 0 { effects += serveWaiters(looksAtAll: mayOpenAnything, now, &random) }
        if mayMoveLooks { pool.noteLooks() }
        return effects
    }

    private mutating func take(
        _ event: consuming SchedulerEvent, _ now: SchedulerInstant, _ random: inout some RandomNumberGenerator
    ) -> [SchedulerEffect] {
        switch event {
        case .accountsChanged(let accounts): return replaceAccounts(accounts, now)
        case .settingsChanged(let settings): change(settings)
        case .restored(let saved): restore(saved, now)
        case .requested(let ask): return grantOrDeny(ask, now, &random)
        case .cancelled(let requestID):
            if let owner = requests.number(of: requestID) { forget(owner) }
        case .committed(let lease):
            if let owner = owner(ofLive: lease) { commit(owner, now) }
        case .alive(let leases):
            for owner in leases.compactMap({ owner(ofLive: $0) }) { requests[owner].namedAt = now }
        case .outcome(let outcome): return answer(outcome, now, &random)
        case .credentialFailed(let lease, let attemptClass): return goOn(from: lease, attemptClass, now, &random)
        case .probed(let account, let attemptClass, let isPermanent):
            return judgeProbe(account, attemptClass, isPermanent: isPermanent, now, &random)
        case .reactivated(let account): return activate(account)
        case .limitsCleared(let account): clearLimits(account)
        case .bindingsCleared: clearBindings()
        case .workerGone(let worker): forgetAll { $0.ask.worker == worker }
        case .timePassed: return passTime(now)
        }
        return []
    }

    private mutating func passTime(_ now: SchedulerInstant) -> [SchedulerEffect] {
        let silenceMax = settings.leaseSilenceMaxMilliseconds
        forgetAll { $0.lease != nil && $0.namedAt.milliseconds(until: now) > silenceMax }
        return dueProbes(now)
    }

    private mutating func change(_ new: SchedulerSettings) {
        let old = settings
        settings = new
        bindings.configure(lifetime: new.sessionLifetimeMilliseconds, countMax: new.sessionCountMax)
        if new.mode == .performanceFirst, old.mode != .performanceFirst { clearBindings() }
        if new.tiers != old.tiers || new.protection != old.protection {
            pool.replace(with: pool.accounts.map(\.facts), new, &keys)
        }
    }

    private mutating func clearBindings() { bindings.removeAll() }

    // MARK: What the supervisor shows

    /// Leases that are out on one account.
    public func liveLeaseCount(account: String) -> Int {
        pool.place(of: account).map { pool[$0].leaseCount } ?? 0
    }

    /// Whether a request is between its first ask and its last outcome.
    public func isKnown(request: String) -> Bool { requests.number(of: request) != nil }

    /// Whether this lease is out. Mutating, as `nextWake` is, to be looked at in place: the compiler hands a value of this
    /// size to a method that only reads it as a copy, with a count for each of its parts.
    public mutating func isLive(lease: String) -> Bool { owner(ofLive: lease) != nil }

    /// Whether this lease is out for this request: an outcome that wants nothing further ends it then.
    public mutating func isLive(lease: String, of request: String) -> Bool {
        owner(ofLive: lease).map { requests[$0].ask.requestID == request } ?? false
    }

    // MARK: Leases

    /// The number of the request that holds this lease.
    mutating func owner(ofLive lease: String) -> Int? {
        guard let owner = LeaseName.request(in: lease), requests.isKnown(owner), requests[owner].lease?.id == lease
        else { return nil }
        return owner
    }

    /// The number of the request that holds this lease or held it before: the outcome of that one may come again.
    mutating func owner(of lease: String) -> Int? {
        guard let owner = LeaseName.request(in: lease), requests.isKnown(owner) else { return nil }
        let isItsOwn =
            requests[owner].lease?.id == lease || requests[owner].verdict?.lease == lease
            || requests[owner].waiting?.answering == lease
        return isItsOwn ? owner : nil
    }

    /// Gives the account to the request. Whoever calls has made sure that it may have it.
    mutating func lease(
        _ place: Int, to owner: Int, attempt: Int, sticky: Lease.Sticky, endpoint: Int? = nil,
        credential: CredentialDemand = .fresh, now: SchedulerInstant
    ) -> Lease {
        let lease = Lease(
            id: leaseName.next(of: owner), requestID: requests[owner].ask.requestID, attempt: attempt,
            worker: requests[owner].ask.worker, account: pool[place].facts.id, place: place,
            endpoint: endpoint ?? firstEndpoint(of: pool[place].facts.kind, at: now), credential: credential,
            sticky: sticky, totalMillisecondsLeft: max(0, now.milliseconds(until: requests[owner].totalEnd)))
        pool.noteGrant(place, isBackground: requests[owner].ask.isBackground, now: now)
        pool[place].begin(lease.id, requests[owner].key, requests[owner].ask.upstreamModel, now: now)
        takeToken(place, requests[owner].key, now)
        requests[owner].begin(lease, at: place, now: now)
        liveLeaseCount += 1
        return lease
    }

    /// The live lease of a request is over: its slot is free.
    mutating func release(_ owner: Int) {
        guard let id = requests[owner].lease?.id else { return }
        if let place = requests[owner].leasePlace {
            pool.noteEnd(place, isBackground: requests[owner].ask.isBackground)
            pool[place].end(id, requests[owner].key, requests[owner].ask.upstreamModel)
        }
        requests[owner].endLease()
        liveLeaseCount -= 1
    }

    /// Ends a request without an answer to anybody; its lease is free, and so is its place in the line.
    mutating func forget(_ owner: Int) {
        release(owner)
        if requests[owner].waiting != nil { line.remove(owner, of: requests[owner].ask.apiKeyID) }
        if let binding = requests[owner].binding { bindings.abandon(binding, maker: requests[owner].serial) }
        requests.remove(owner)
    }

    private mutating func forgetAll(where isOver: (RequestState) -> Bool) {
        let before = liveLeaseCount
        for owner in requests.all where isOver(requests[owner]) { forget(owner) }
        lostLeaseCount += before - liveLeaseCount
    }

    private mutating func takeToken(_ place: Int, _ key: Int, _ now: SchedulerInstant) {
        let rpm = settings.requestsPerMinute
        guard rpm > 0 else { return }
        pool[place].withCell(key) { cell in
            var bucket = cell.bucket ?? TokenBucket(rpm: rpm, now: now)
            bucket.take(rpm: rpm, now: now)
            cell.bucket = bucket
        }
    }

    /// The first base address that is not left alone; the first of all if every one is.
    private mutating func firstEndpoint(of kind: AccountKind, at now: SchedulerInstant) -> Int {
        guard kind == .codeAssist else { return Lease.publicEndpoint }
        for endpoint in 0..<settings.endpointCount where endpointHolds.until(endpoint, at: now) == nil {
            return endpoint
        }
        return 0
    }
}
