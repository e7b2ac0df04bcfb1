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
    private var timer: LoopTimer?
    /// Puts a message into a worker's channel. Nil until the workers exist: nothing asks before.
    var send: ((Int, any IPCMessage) -> Void)?
    /// Whether answers may name the account, and the proxy that attempts go through; change with the configuration.
    var terms = Terms()

    struct Terms: Equatable {
        var exposesAccount = false
        var egressProxy: String?
    }

    private struct RequestNote {
        var attempt: UInt32
        let upstreamModel: String
        let worker: Int
        /// The token generation each lease of the request was given.
        var generation: Int?
        /// What Google said of the last failed attempt.
        var upstreamText = ""
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
    }

    func stop() {
        timer?.cancel()
        timer = nil
    }

    /// The account list or an account's state is another one: counts from the next lease on.
    func accountsChanged() { handle(.accountsChanged(store.accounts.map(\.facts))) }

    // MARK: What workers say

    func request(_ message: LeaseRequest, worker: Int) {
        requests[message.requestID] = RequestNote(
            attempt: message.attempt, upstreamModel: message.upstreamModel, worker: worker,
            generation: requests[message.requestID]?.generation)
        handle(.requested(LeaseAsk(message, worker: worker)))
    }

    func cancel(_ message: LeaseCancel, worker: Int) { end(message.requestID) }

    func progress(_ message: LeaseProgress, worker: Int) { handle(.committed(lease: message.leaseID)) }

    func alive(_ message: LeaseAlive, worker: Int) { handle(.alive(leases: message.leaseIDs)) }

    func outcome(_ message: LeaseOutcome, worker: Int) {
        if !message.outcome.excerpt.isEmpty { requests[message.requestID]?.upstreamText = message.outcome.excerpt }
        requests[message.requestID]?.attempt = message.attempt
        handle(
            .outcome(
                AttemptReport(message.outcome, of: message.requestID, worker: worker, wantsNext: message.wantsNext)))
        if !message.wantsNext { requests[message.requestID] = nil }
    }

    func exchangeEnd(_ message: ExchangeEnd, worker: Int) {
        if let outcome = message.outcome {
            handle(.outcome(AttemptReport(outcome, of: message.requestID, worker: worker, wantsNext: false)))
        }
        end(message.requestID)
    }

    /// The worker's channel has been read to its end: its leases are free, without a penalty for their accounts.
    func workerGone(_ worker: Int) {
        requests = requests.filter { $0.value.worker != worker }
        handle(.workerGone(worker))
    }

    private func end(_ requestID: String) {
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
        let effects = scheduler.handle(event, now: .now, random: &random)
        for effect in effects { perform(effect) }
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
            let text = requests.removeValue(forKey: requestID)?.upstreamText ?? ""
            send?(worker, LeaseDeny(requestID: requestID, final: FinalError(final, upstreamText: text)))
        case .verdict(let verdict): say(verdict)
        case .wait(let requestID, let worker, let milliseconds, let reason):
            send?(
                worker,
                LeaseWait(
                    requestID: requestID, estimatedMilliseconds: UInt32(clamping: milliseconds),
                    reason: LeaseWait.Reason(reason)))
        case .accountState, .probe, .confirmCredentials, .readQuota: break
        case .revoke(let lease):
            send?(
                lease.worker,
                LeaseRevoke(
                    requestID: lease.requestID, leaseID: lease.id, mode: .drain, reason: "account left the pool"))
        }
    }

    private func say(_ verdict: Verdict) {
        switch verdict.action {
        case .same(let lease, let delay): answer(verdict, .same, lease, delay)
        case .other(let lease, let delay): answer(verdict, .other, lease, delay)
        case .endpoint(let lease, let delay): answer(verdict, .endpoint, lease, delay)
        case .end(let final):
            let text = requests.removeValue(forKey: verdict.requestID)?.upstreamText ?? ""
            send?(
                verdict.worker,
                LeaseVerdict(
                    requestID: verdict.requestID, leaseID: verdict.lease, action: .finish,
                    final: final.map { FinalError($0, upstreamText: text) }))
        }
    }

    private func answer(_ verdict: Verdict, _ action: LeaseVerdict.Action, _ lease: Lease, _ delay: Int) {
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
            requests[lease.requestID]?.generation = credential.generation
            return use(credential)
        }
        let refused = requests[lease.requestID]?.generation
        Task {
            let answer = await credentials.credential(lease, refusedGeneration: refused)
            guard scheduler.isLive(lease: lease.id) else { return }
            switch answer {
            case .success(let credential):
                requests[lease.requestID]?.generation = credential.generation
                use(credential)
            case .failure(let failure):
                handle(.credentialFailed(lease: lease.id, attemptClass: failure.attemptClass))
            }
        }
    }

    private func terms(_ lease: Lease, _ credential: CredentialDesk.Credential) -> LeaseTerms {
        let account = credential.account
        return LeaseTerms(
            leaseID: lease.id, accountID: account.id, accountLabel: terms.exposesAccount ? account.email : nil,
            accountKind: account.kind == .codeAssist ? .codeAssist : .geminiKey, credential: Secret(credential.secret),
            tokenExpiresAtUnixMilliseconds: credential.expiresAt.map { UInt64(max(0, $0)) * 1000 },
            projectID: account.projectID, upstreamModel: requests[lease.requestID]?.upstreamModel ?? "",
            tier: account.quota?.subscriptionTier, endpoints: [UInt8(clamping: lease.endpoint)],
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
            upstreamModel: message.upstreamModel, pinnedAccount: message.pinnedAccount,
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
            }, hasCommittedContent: outcome.isContentCommitted, wantsNext: wantsNext)
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
