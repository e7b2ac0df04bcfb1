import GoogleAPI
import IPC
import Platform
import Scheduling

/// Where workers ask for leases and report on them: turns their messages into events of the scheduler and performs what
/// it decides. A lease whose credential is at hand is answered in the same loop turn.
final class LeaseDesk {
    private let store: AccountStore
    private let credentials: CredentialDesk
    private var scheduler: Scheduler
    private var random = SystemRandomNumberGenerator()
    /// What the desk itself must remember of a request, by request id.
    private var requests: [String: RequestNote] = [:]
    private var snapshots = QuotaSnapshots()
    private(set) var meter = LeaseMeter()
    /// Accounts that the service had disabled at the last look.
    private var disabled: Set<String> = []
    private var timer: LoopTimer?
    /// When the scheduler wants to be woken.
    private var wake: LoopTimer?
    /// Puts a message into a worker's channel. Nil until the workers exist: nothing asks before.
    var send: ((Int, any IPCMessage) -> Void)?
    /// Reads the quota of an account and says whether Google serves it. Set before anything is leased.
    var readQuota: ((String) async -> AttemptClass)?
    /// Hears the end of requests that no client asked for.
    var warmups: WarmupDesk?
    /// Called when something of the accounts has changed that is kept over a restart.
    var onDurableChange: (() -> Void)?
    /// Looks after API keys. Set before anything is leased.
    var keys: KeyKeeper?
    /// What Google said in the outcome that is being taken in.
    private var refusal = ""
    /// Whether answers may name the account, and the proxy that attempts go through; change with the configuration.
    var terms = Terms()

    struct Terms: Equatable {
        var exposesAccount = false
        var egressProxy: String?
    }

    /// Requests that came before what was kept is read; nil once nobody waits for it.
    private var early: [(message: LeaseRequest, worker: Int)]?
    private var earlyTimer: LoopTimer?

    private struct RequestNote {
        var attempt: UInt32
        var upstreamModel: String
        var worker: Int
        /// The token generation each lease of the request was given.
        var generation: Int?
        /// What Google said of the last failed attempt.
        var upstreamText = ""
        /// When the request asked for the lease that it waits for.
        var askedAt: MonotonicInstant? = .now
        var upstreamMilliseconds = 0
        var waitingMilliseconds = 0
        var lastClass: AttemptClass?

        mutating func noteAnswer() {
            guard let askedAt else { return }
            waitingMilliseconds += (MonotonicInstant.now - askedAt).milliseconds
            self.askedAt = nil
        }

        mutating func noteAttempt(_ outcome: AttemptOutcome) {
            askedAt = .now
            upstreamMilliseconds += Int(outcome.durationMilliseconds)
            lastClass = AttemptClass(wire: outcome.outcomeClass)
        }
    }

    /// How often leases are looked through for workers that went silent.
    static let lookInterval = Duration.seconds(10)

    init(store: AccountStore, credentials: CredentialDesk, settings: SchedulerSettings) {
        self.store = store
        self.credentials = credentials
        scheduler = Scheduler(settings: settings, incarnation: RandomID.alphanumerics(8))
        accountsChanged()
    }

    /// Leases that are out now.
    var liveLeaseCount: Int { scheduler.liveLeaseCount }

    /// Starts the look for silent leases.
    func start() {
        let timer = LoopTimer { [weak self] in self?.look() }
        self.timer = timer
        timer.set(after: Self.lookInterval)
        wake = LoopTimer { [weak self] in self?.handle(.timePassed) }
        setWake()
    }

    func stop() {
        earlyTimer?.cancel()
        timer?.cancel()
        timer = nil
        wake?.cancel()
        wake = nil
    }

    /// The account list or an account's state is another one: counts from the next lease on.
    func accountsChanged() {
        handle(.accountsChanged(snapshots.facts(store.accounts)))
        let now = Set(store.accounts.filter { $0.disabled != nil }.map(\.id))
        // Whoever mended the credentials, the account begins anew.
        for id in disabled.subtracting(now) where store[id] != nil { handle(.reactivated(account: id)) }
        disabled = now
    }

    /// Other numbers from the next lease on.
    func change(to settings: SchedulerSettings) {
        guard settings != scheduler.settings else { return }
        handle(.settingsChanged(settings))
    }

    /// The operator's own words to the scheduler: limits cleared, conversations forgotten, an account mended.
    func tell(_ event: SchedulerEvent) { handle(event) }

    // MARK: What is kept over a restart

    /// Requests wait for `restore`, so long at most.
    func awaitRestore(atMost limit: Duration) {
        early = []
        earlyTimer = LoopTimer { [weak self] in self?.serveEarly() }
        earlyTimer?.set(after: limit)
    }

    /// Takes over what was kept. The account list knows better which refresh tokens are dead.
    func restore(_ saved: SavedSchedule) {
        var saved = saved
        for index in saved.accounts.indices where saved.accounts[index].state == .needsReauthorisation {
            if store[saved.accounts[index].id]?.disabled == nil { saved.accounts[index].state = .active }
        }
        handle(.restored(saved))
        serveEarly()
    }

    var durableRevision: Int { scheduler.durableRevision }

    var savedAccounts: [SavedSchedule.Account] { scheduler.savedAccounts(at: .now) }

    func takeBindingChanges(isWhole: Bool) -> SavedSchedule.BindingChanges {
        scheduler.takeBindingChanges(at: .now, isWhole: isWhole)
    }

    private func serveEarly() {
        earlyTimer = nil
        let waiting = early ?? []
        early = nil
        for (message, worker) in waiting { request(message, worker: worker) }
    }

    // MARK: What is shown

    /// What the scheduler knows of every account, in the operator's order.
    var views: [AccountView] { scheduler.views(at: .now) }

    var totals: ScheduleTotals { scheduler.totals }

    // MARK: What workers say

    func request(_ message: LeaseRequest, worker: Int) {
        if early != nil {
            early?.append((message, worker))
            return
        }
        var note =
            requests[message.requestID]
            ?? RequestNote(attempt: message.attempt, upstreamModel: message.upstreamModel, worker: worker)
        (note.attempt, note.upstreamModel, note.worker) = (message.attempt, message.upstreamModel, worker)
        note.askedAt = .now
        requests[message.requestID] = note
        handle(.requested(LeaseAsk(message, worker: worker)))
    }

    /// What the desk remembers of the request stays until its exchange ends.
    func cancel(_ message: LeaseCancel, worker: Int) {
        early?.removeAll { $0.message.requestID == message.requestID }
        handle(.cancelled(requestID: message.requestID))
    }

    func progress(_ message: LeaseProgress, worker: Int) { handle(.committed(lease: message.leaseID)) }

    func alive(_ message: LeaseAlive, worker: Int) { handle(.alive(leases: message.leaseIDs)) }

    func outcome(_ message: LeaseOutcome, worker: Int) {
        noteAttempt(message.outcome, of: message.requestID)
        if !message.outcome.excerpt.isEmpty { requests[message.requestID]?.upstreamText = message.outcome.excerpt }
        requests[message.requestID]?.attempt = message.attempt
        refusal = message.outcome.excerpt
        handle(
            .outcome(
                AttemptReport(message.outcome, of: message.requestID, worker: worker, wantsNext: message.wantsNext)))
        if !message.wantsNext { requests[message.requestID] = nil }
    }

    func exchangeEnd(_ message: ExchangeEnd, worker: Int) {
        if let outcome = message.outcome {
            noteAttempt(outcome, of: message.requestID)
            refusal = outcome.excerpt
            handle(.outcome(AttemptReport(outcome, of: message.requestID, worker: worker, wantsNext: false)))
        }
        if let note = requests[message.requestID], let record = message.record {
            meter.noteExchange(
                Int(record.durationMilliseconds), upstream: note.upstreamMilliseconds,
                waiting: note.waitingMilliseconds)
        }
        end(message.requestID)
        warmups?.ended(
            message.requestID, isSuccess: message.outcome?.outcomeClass == OutcomeClass.success.rawValue)
    }

    /// An outcome that comes twice counts once.
    private func noteAttempt(_ outcome: AttemptOutcome, of request: String) {
        guard scheduler.isLive(lease: outcome.leaseID) else { return }
        meter.noteAttempt(outcome)
        requests[request]?.noteAttempt(outcome)
    }

    /// The worker's channel has been read to its end: its leases are free, without a penalty for their accounts.
    func workerGone(_ worker: Int) {
        warmups?.workerGone(worker)
        early?.removeAll { $0.worker == worker }
        requests = requests.filter { $0.value.worker != worker }
        handle(.workerGone(worker))
    }

    private func end(_ requestID: String) {
        early?.removeAll { $0.message.requestID == requestID }
        requests[requestID] = nil
        handle(.cancelled(requestID: requestID))
    }

    private func look() {
        timer?.set(after: Self.lookInterval)
        handle(.timePassed)
        requests = requests.filter { scheduler.isKnown(request: $0.key) }
    }

    // MARK: What the scheduler wants

    private func handle(_ event: SchedulerEvent) {
        let revision = scheduler.durableRevision
        let effects = scheduler.handle(event, now: .now, random: &random)
        for effect in effects { perform(effect) }
        if scheduler.durableRevision != revision { onDurableChange?() }
        setWake()
    }

    /// Wakes the scheduler when something is due, at the earliest a millisecond from now.
    private func setWake() {
        guard let wake else { return }
        guard let next = scheduler.nextWake else { return wake.cancel() }
        wake.set(after: .milliseconds(max(1, SchedulerInstant.now.milliseconds(until: next))))
    }

    private func perform(_ effect: SchedulerEffect) {
        switch effect {
        case .grant(let lease):
            provide(lease) { [self] credential in
                let note = requests[lease.requestID]
                send?(
                    lease.worker,
                    LeaseGrant(
                        requestID: lease.requestID, attempt: note?.attempt ?? UInt32(clamping: lease.attempt),
                        lease: terms(lease, credential)))
            }
        case .deny(let requestID, let worker, let final):
            requests[requestID]?.noteAnswer()
            let text = requests[requestID]?.upstreamText ?? ""
            let error = FinalError(final, upstreamText: text)
            meter.noteDenial(error)
            send?(worker, LeaseDeny(requestID: requestID, final: error))
        case .verdict(let verdict): say(verdict)
        case .wait(let requestID, let worker, let milliseconds, let reason):
            meter.noteWait()
            send?(
                worker,
                LeaseWait(
                    requestID: requestID, estimatedMilliseconds: UInt32(clamping: milliseconds),
                    reason: LeaseWait.Reason(reason)))
        case .accountState(let id, let state): tell(of: state, of: id)
        case .probe(let id): probe(id)
        case .readQuota(let id):
            Task { [weak self] in _ = await self?.readQuota?(id) }
        case .confirmCredentials(let id):
            // Whoever found a refresh token dead tries it once more by itself, and enables the account again.
            if store[id]?.kind == .geminiKey { checkKey(id) }
        case .revoke(let lease):
            send?(
                lease.worker,
                LeaseRevoke(
                    requestID: lease.requestID, leaseID: lease.id, mode: .drain, reason: "account left the pool"))
        }
    }

    private func tell(of state: AccountState, of id: String) {
        if state == .needsReauthorisation, store[id]?.kind == .geminiKey {
            let text = refusal
            Task { [keys] in await keys?.disable(id, saying: text) }
            return
        }
        let fields: Log.Fields = ["account": String(id.prefix(8)), "state": state.word]
        if state.isActive {
            Log.notice("account-usable", "an account can be used again", fields)
        } else {
            Log.warning("account-unusable", "an account cannot be used for now", fields)
        }
        guard state == .forbidden(until: nil), store[id]?.quota?.isForbidden != true else { return }
        Task { [store] in
            await store.apply(id) { $0.quota = .forbidden(tier: $0.quota?.subscriptionTier) }
        }
    }

    /// Finds out with a quota read, never with a client's request, whether Google serves the account again.
    private func probe(_ id: String) {
        if store[id]?.kind == .geminiKey { return checkKey(id) }
        Task { [weak self] in
            guard let self, let readQuota else { return }
            handle(.probed(account: id, await readQuota(id), isPermanent: false))
        }
    }

    private func checkKey(_ id: String) {
        Task { [weak self] in
            guard let outcome = await self?.keys?.check(id) else { return }
            self?.handle(.probed(account: id, outcome, isPermanent: false))
        }
    }

    private func say(_ verdict: Verdict) {
        switch verdict.action {
        case .same(let lease, let delay): answer(verdict, .same, lease, delay)
        case .other(let lease, let delay): answer(verdict, .other, lease, delay)
        case .endpoint(let lease, let delay): answer(verdict, .endpoint, lease, delay)
        case .end(let final):
            requests[verdict.requestID]?.askedAt = nil
            let text = requests[verdict.requestID]?.upstreamText ?? ""
            let error = final.map { FinalError($0, upstreamText: text) }
            if let error { meter.noteDenial(error) }
            send?(
                verdict.worker,
                LeaseVerdict(
                    requestID: verdict.requestID, leaseID: verdict.lease, action: .finish, final: error))
        }
    }

    private func answer(_ verdict: Verdict, _ action: LeaseVerdict.Action, _ lease: Lease, _ delay: Int) {
        if let failure = requests[lease.requestID]?.lastClass { meter.noteRetry(after: failure) }
        provide(lease) { [self] credential in
            send?(
                verdict.worker,
                LeaseVerdict(
                    requestID: lease.requestID, leaseID: verdict.lease, action: action,
                    delayMilliseconds: UInt32(clamping: delay), endpoint: UInt8(clamping: lease.endpoint),
                    lease: terms(lease, credential)))
        }
    }

    /// Calls `use` with the lease's credential: now if it is at hand, later if it must be waited for. When there is none
    /// the scheduler decides anew.
    private func provide(_ lease: Lease, _ use: @escaping (CredentialDesk.Credential) -> Void) {
        if let credential = credentials.credentialAtHand(lease) {
            note(credential, for: lease)
            return use(credential)
        }
        let refused = requests[lease.requestID]?.generation
        Task {
            let answer = await credentials.credential(lease, refusedGeneration: refused)
            guard scheduler.isLive(lease: lease.id) else { return }
            switch answer {
            case .success(let credential):
                note(credential, for: lease)
                use(credential)
            case .failure(let failure):
                handle(.credentialFailed(lease: lease.id, attemptClass: failure.attemptClass))
            }
        }
    }

    private func note(_ credential: CredentialDesk.Credential, for lease: Lease) {
        requests[lease.requestID]?.generation = credential.generation
        requests[lease.requestID]?.noteAnswer()
    }

    private func terms(_ lease: Lease, _ credential: CredentialDesk.Credential) -> LeaseTerms {
        let account = credential.account
        return LeaseTerms(
            leaseID: lease.id, accountID: account.id, accountLabel: terms.exposesAccount ? account.email : nil,
            accountKind: account.kind == .codeAssist ? .codeAssist : .geminiKey, credential: Secret(credential.secret),
            tokenExpiresAtUnixMilliseconds: credential.expiresAt.map { UInt64(max(0, $0)) * 1000 },
            projectID: account.projectID, upstreamModel: requests[lease.requestID]?.upstreamModel ?? "",
            tier: account.quota?.subscriptionTier, sticky: LeaseTerms.Sticky(rawValue: lease.sticky.rawValue) ?? .none,
            endpoints: [UInt8(clamping: lease.endpoint)],
            egressProxy: terms.egressProxy, totalMillisecondsLeft: UInt32(clamping: lease.totalMillisecondsLeft))
    }
}

extension SchedulerInstant {
    /// The process's monotonic clock.
    nonisolated static var now: SchedulerInstant {
        SchedulerInstant(milliseconds: Int(MonotonicInstant.now.nanoseconds / 1_000_000))
    }
}

nonisolated extension LeaseAsk {
    init(_ message: LeaseRequest, worker: Int) {
        self.init(
            requestID: message.requestID, attempt: Int(message.attempt), worker: worker,
            operation: LeaseOperation(rawValue: message.operation.rawValue) ?? .generate,
            isBackground: message.priority == .background, apiKeyID: message.apiKeyID,
            upstreamModel: message.upstreamModel,
            sessions: (message.sessionKey.map { [$0] } ?? []) + message.sessionAliases,
            clientHint: message.clientHint, bodyDigest: message.bodyDigest, pinnedAccount: message.pinnedAccount,
            scheduleMillisecondsLeft: Int(message.scheduleMillisecondsLeft),
            totalMillisecondsLeft: Int(message.totalMillisecondsLeft))
    }
}

nonisolated extension AttemptReport {
    init(_ outcome: AttemptOutcome, of requestID: String, worker: Int, wantsNext: Bool) {
        self.init(
            requestID: requestID, lease: outcome.leaseID, worker: worker,
            attemptClass: AttemptClass(wire: outcome.outcomeClass),
            retryAfterMilliseconds: (outcome.resetAfterMilliseconds ?? outcome.retryAfterMilliseconds).map {
                Int(clamping: $0)
            }, errorModel: outcome.errorModel, validationURL: outcome.validationURL.flatMap(Self.ownersPage),
            isPermanent: Self.isPermanent(outcome.excerpt), hasCommittedContent: outcome.isContentCommitted,
            wantsNext: wantsNext)
    }
}

nonisolated extension AttemptReport {
    /// The page where an owner confirms an account: only Google's own, only encrypted.
    static func ownersPage(_ text: String) -> String? {
        let scheme = "https://"
        guard text.hasPrefix(scheme) else { return nil }
        let host = text.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        return host == "google.com" || host.hasSuffix(".google.com") && !host.contains("@") ? text : nil
    }

    /// Google says outright that an account is out for good.
    static func isPermanent(_ text: String) -> Bool {
        // Almost every outcome is a success without a word: searching nothing took a tenth of the supervisor's time.
        guard !text.isEmpty else { return false }
        let text = text.lowercased()
        return text.contains("terms of service") && (text.contains("disabled") || text.contains("suspended"))
    }
}

nonisolated extension LeaseWait.Reason {
    init(_ reason: WaitReason) {
        switch reason {
        case .busy: self = .inFlightLimit
        case .rate, .quota: self = .cooling
        case .capacity, .model: self = .other
        }
    }
}
