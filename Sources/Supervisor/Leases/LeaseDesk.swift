import GoogleAPI
import IPC
import Platform
import Scheduling

/// Where workers ask for leases and report on them: turns their messages into events of the scheduler and performs what
/// it decides. A lease whose credential is at hand is answered in the same loop turn.
final class LeaseDesk {
    let store: AccountStore
    let credentials: CredentialDesk
    var scheduler: Scheduler
    var random = SystemRandomNumberGenerator()
    /// What the desk itself must remember of a request.
    private var requests: [RequestName: RequestNote] = [:]
    private var snapshots = QuotaSnapshots()
    var meter = LeaseMeter()
    /// Accounts that the service had disabled at the last look.
    private var disabled: Set<String> = []
    private var timer: LoopTimer?
    /// When the scheduler wants to be woken.
    var wake: LoopTimer?
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
    var refusal = ""
    /// The request whose message is being taken in: its note is asked for at once.
    private var asking: RequestNote?
    /// Changes with the configuration.
    var terms: CredentialDesk.Terms {
        get { credentials.terms }
        set { credentials.terms = newValue }
    }

    /// Requests that came before what was kept is read; nil once nobody waits for it.
    var early: [(message: LeaseRequest, worker: Int)]?
    var earlyTimer: LoopTimer?
    /// Whoever else waits for that.
    private var restoreWaiters: [CheckedContinuation<Void, Never>] = []

    /// How often leases are looked through for workers that went silent.
    static let lookInterval = Duration.seconds(10)

    /// With it nearly every lease id has fifteen bytes at most, which a `String` holds within itself.
    private static let incarnationLength = 6

    init(store: AccountStore, credentials: CredentialDesk, settings: SchedulerSettings) {
        self.store = store
        self.credentials = credentials
        scheduler = Scheduler(settings: settings, incarnation: RandomID.alphanumerics(Self.incarnationLength))
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
        // Nobody is left to serve, and whoever comes now would wait for ever.
        early = nil
        endRestoreWait()
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

    /// Returns when requests are served: what was kept is read, or nobody waits for it any longer. Before that accounts would be
    /// shown without their locks, and a lock that the operator clears would come back.
    func untilRestored() async {
        guard early != nil else { return }
        await withCheckedContinuation { restoreWaiters.append($0) }
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
        endRestoreWait()
    }

    private func endRestoreWait() {
        let waiters = restoreWaiters
        restoreWaiters = []
        for waiter in waiters { waiter.resume() }
    }

    // MARK: What is shown

    /// What the scheduler knows of every account, in the operator's order.
    var views: [AccountView] { scheduler.views(at: .now) }

    var totals: ScheduleTotals { scheduler.totals }

    // MARK: What workers say

    func request(_ message: borrowing LeaseRequest, worker: Int) {
        if early != nil {
            early?.append((copy message, worker))
            return
        }
        let note = RequestNote(message, worker: worker)
        // Almost every request is new: one look-up for it, two for the attempt of a known one.
        if let known = requests.updateValue(note, forKey: RequestName(note.requestID)) {
            known.ask(message, worker: worker)
            requests[RequestName(note.requestID)] = known
            asking = known
        } else {
            asking = note
        }
        handle(.requested(LeaseAsk(message, worker: worker)))
        asking = nil
    }

    /// What the desk remembers of a request.
    func note(of requestID: String) -> RequestNote? {
        if let asking, asking.requestID == requestID { return asking }
        return requests[RequestName(requestID)]
    }

    /// What the desk remembers of the request stays until its exchange ends.
    func cancel(_ message: LeaseCancel, worker: Int) {
        early?.removeAll { $0.message.requestID == message.requestID }
        note(of: message.requestID)?.noteAnswer()
        handle(.cancelled(requestID: message.requestID))
    }

    func progress(_ message: LeaseProgress, worker: Int) { handle(.committed(lease: message.leaseID)) }

    func alive(_ message: LeaseAlive, worker: Int) { handle(.alive(leases: message.leaseIDs)) }

    func outcome(_ message: LeaseOutcome, worker: Int) {
        let note = note(of: message.requestID)
        noteAttempt(message.outcome, note)
        if !message.outcome.excerpt.isEmpty { note?.upstreamText = message.outcome.excerpt }
        note?.attempt = message.attempt
        refusal = message.outcome.excerpt
        handle(
            .outcome(
                AttemptReport(message.outcome, of: message.requestID, worker: worker, wantsNext: message.wantsNext)))
        if !message.wantsNext { requests[RequestName(message.requestID)] = nil }
    }

    func exchangeEnd(_ message: ExchangeEnd, worker: Int) {
        let note = requests.removeValue(forKey: RequestName(message.requestID))
        var isOver = false
        if let outcome = message.outcome {
            isOver = scheduler.isLive(lease: outcome.leaseID, of: message.requestID)
            noteAttempt(outcome, note)
            refusal = outcome.excerpt
            take(.outcome(AttemptReport(outcome, of: message.requestID, worker: worker, wantsNext: false)))
        }
        if let note, let record = message.record {
            meter.noteExchange(
                Int(record.durationMilliseconds), upstream: note.upstreamMilliseconds,
                waiting: note.waitingMilliseconds)
        }
        if isOver { setWake() } else { end(message.requestID) }
        warmups?.ended(
            message.requestID, isSuccess: message.outcome?.outcomeClass == OutcomeClass.success.rawValue)
    }

    /// An outcome that comes twice counts once.
    private func noteAttempt(_ outcome: AttemptOutcome, _ note: RequestNote?) {
        guard scheduler.isLive(lease: outcome.leaseID) else { return }
        meter.noteAttempt(outcome)
        note?.noteAttempt(outcome)
    }

    /// The worker's channel has been read to its end: its leases are free, without a penalty for their accounts.
    func workerGone(_ worker: Int) {
        warmups?.workerGone(worker)
        early?.removeAll { $0.worker == worker }
        requests = requests.filter { $0.value.worker != worker }
        handle(.workerGone(worker))
    }

    func end(_ requestID: String) {
        early?.removeAll { $0.message.requestID == requestID }
        requests[RequestName(requestID)] = nil
        handle(.cancelled(requestID: requestID))
    }

    private func look() {
        timer?.set(after: Self.lookInterval)
        handle(.timePassed)
        requests = requests.filter { scheduler.isKnown(request: $0.key.text) }
    }
}
