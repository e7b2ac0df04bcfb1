import GoogleAPI
import IPC
import Platform
import Scheduling

/// What the scheduler wants done: messages to workers, looks at accounts.
extension LeaseDesk {
    func handle(_ event: consuming SchedulerEvent) {
        take(event)
        setWake()
    }

    /// Like `handle`, for an event that another one follows at once.
    func take(_ event: consuming SchedulerEvent) {
        let revision = scheduler.durableRevision
        let effects = scheduler.handle(event, now: .thisTurn, random: &random)
        for effect in effects { perform(effect) }
        if scheduler.durableRevision != revision { onDurableChange?() }
    }

    /// Wakes the scheduler when something is due, at the earliest a millisecond from now.
    func setWake() {
        guard let wake else { return }
        guard let next = scheduler.nextWake else { return wake.cancel() }
        wake.set(after: .milliseconds(max(1, SchedulerInstant.thisTurn.milliseconds(until: next))))
    }

    private func perform(_ effect: SchedulerEffect) {
        switch effect {
        case .grant(let lease):
            let note = note(of: lease.requestID)
            // The way of nearly every lease.
            if let credential = credentials.credentialAtHand(lease) { return grant(lease, note, credential) }
            provide(lease, note) { $0.grant(lease, note, $1) }
        case .deny(let requestID, let worker, let final):
            let note = note(of: requestID)
            note?.noteAnswer()
            let error = FinalError(final, upstreamText: note?.upstreamText ?? "")
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
            Log.warning("account-unusable", "an account cannot be used at present", fields)
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
            let note = note(of: verdict.requestID)
            note?.noteAnswer()
            let error = final.map { FinalError($0, upstreamText: note?.upstreamText ?? "") }
            if let error { meter.noteDenial(error) }
            send?(
                verdict.worker,
                LeaseVerdict(
                    requestID: verdict.requestID, leaseID: verdict.lease, action: .finish, final: error))
        }
    }

    private func answer(_ verdict: Verdict, _ action: LeaseVerdict.Action, _ lease: Lease, _ delay: Int) {
        let note = note(of: lease.requestID)
        if let failure = note?.lastClass { meter.noteRetry(after: failure) }
        provide(lease, note) { desk, credential in
            note?.noteAnswer(generation: credential.generation, delayMilliseconds: delay)
            desk.send?(
                verdict.worker,
                LeaseVerdict(
                    requestID: lease.requestID, leaseID: verdict.lease, action: action,
                    delayMilliseconds: UInt32(clamping: delay), endpoint: UInt8(clamping: lease.endpoint),
                    lease: desk.terms(lease, credential, note)))
        }
    }

    private func grant(_ lease: Lease, _ note: RequestNote?, _ credential: CredentialDesk.Credential) {
        note?.noteAnswer(generation: credential.generation)
        send?(
            lease.worker,
            LeaseGrant(
                requestID: lease.requestID, attempt: note?.attempt ?? UInt32(clamping: lease.attempt),
                lease: terms(lease, credential, note)))
    }

    /// Calls `use` with the lease's credential: now if it is at hand, later if it must be waited for. When there is none
    /// the scheduler decides anew.
    private func provide(
        _ lease: Lease, _ note: RequestNote?, _ use: @escaping (LeaseDesk, CredentialDesk.Credential) -> Void
    ) {
        if let credential = credentials.credentialAtHand(lease) { return use(self, credential) }
        let refused = note?.generation
        Task {
            let answer = await credentials.credential(lease, refusedGeneration: refused)
            guard scheduler.isLive(lease: lease.id) else { return }
            switch answer {
            case .success(let credential): use(self, credential)
            case .failure(let failure):
                handle(.credentialFailed(lease: lease.id, attemptClass: failure.attemptClass))
            }
        }
    }

    private func terms(_ lease: Lease, _ credential: CredentialDesk.Credential, _ note: RequestNote?) -> LeaseTerms {
        LeaseTerms(
            leaseID: lease.id, accountNumber: UInt32(clamping: lease.place), account: credential.terms,
            upstreamModel: note?.upstreamModel ?? "",
            sticky: LeaseTerms.Sticky(rawValue: lease.sticky.rawValue) ?? .none,
            endpoint: UInt8(clamping: lease.endpoint),
            totalMillisecondsLeft: UInt32(clamping: lease.totalMillisecondsLeft))
    }
}
