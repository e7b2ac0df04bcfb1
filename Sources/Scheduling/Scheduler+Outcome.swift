extension Scheduler {
    /// The answer to a report. An unknown lease changes nothing; a report said twice gets the same answer twice.
    mutating func answer(
        _ outcome: AttemptReport, _ now: SchedulerInstant, _ random: inout some RandomNumberGenerator
    ) -> [SchedulerEffect] {
        guard let owner = owners[outcome.lease], let request = requests[owner] else {
            guard outcome.wantsNext else { return [] }
            return [
                .verdict(
                    Verdict(
                        requestID: outcome.requestID, lease: outcome.lease, worker: outcome.worker, action: .end(nil)))
            ]
        }
        guard request.lease.id == outcome.lease else {
            guard outcome.wantsNext, let verdict = request.verdict else { return [] }
            return [.verdict(verdict)]
        }
        guard outcome.wantsNext else {
            forget(owner)
            return []
        }
        requests[owner]!.note(outcome.attemptClass, retryAfterMilliseconds: outcome.retryAfterMilliseconds)
        let mayGoOn = !request.hasCommittedContent && !outcome.hasCommittedContent
        let step = mayGoOn ? choose(owner, outcome.attemptClass, outcome.retryAfterMilliseconds, now, &random) : nil
        return [.verdict(conclude(owner, answering: outcome.lease, worker: outcome.worker, step))]
    }

    /// The account of a lease could not be spoken for: moves on to the next one. The answer takes the form of whatever
    /// the lease answered, a request or an outcome.
    mutating func goOn(
        from lease: String, _ attemptClass: AttemptClass, _ now: SchedulerInstant,
        _ random: inout some RandomNumberGenerator
    ) -> [SchedulerEffect] {
        guard let owner = owners[lease], let request = requests[owner], request.lease.id == lease else { return [] }
        requests[owner]!.note(attemptClass, retryAfterMilliseconds: nil)
        let chosen = chooseOther(owner, attemptClass, now)
        if let answered = request.verdict?.lease {
            return [.verdict(conclude(owner, answering: answered, worker: request.ask.worker, chosen))]
        }
        guard let chosen, case .other(let next, _) = chosen else {
            let final = requests[owner]!.final
            forget(owner)
            return [.deny(requestID: owner, worker: request.ask.worker, final)]
        }
        replaceLease(of: owner, with: next)
        return [.grant(next)]
    }

    // MARK: The retry table

    /// The first step of the class's row that is open to this request; nil if none is, or a counter or the budget is
    /// spent, or its delay would end after the schedule budget.
    private mutating func choose(
        _ owner: String, _ attemptClass: AttemptClass, _ stated: Int?, _ now: SchedulerInstant,
        _ random: inout some RandomNumberGenerator
    ) -> Verdict.Action? {
        guard let request = requests[owner], let counter = attemptClass.counter,
            request.canSpend(counter, settings)
        else { return nil }
        if attemptClass == .bareRefusal, request.bareRefusals >= settings.bareRefusalAccountsMax { return nil }
        guard let step = attemptClass.steps.first(where: { isOpen($0, request, attemptClass, stated) }) else {
            return nil
        }
        let delay =
            step == .sameIfShortAndAlone
            ? (stated ?? 0) + 100 : milliseconds(of: attemptClass.delay, request.retries, &random)
        guard now.advanced(by: delay) < min(request.scheduleEnd, request.totalEnd) else { return nil }
        if counter == .retries, !budget.spend() { return nil }
        let isMove = step == .other || step == .otherOnce
        // Only moves count as steps of the walk: the one repeat after a refreshed token stays with its account.
        if counter != .walk || isMove { requests[owner]!.spend(counter) }
        requests[owner]!.markUsed(step, attemptClass)
        return take(step, request, attemptClass, delay, now)
    }

    private mutating func take(
        _ step: RetryStep, _ request: RequestState, _ attemptClass: AttemptClass, _ delay: Int,
        _ now: SchedulerInstant
    ) -> Verdict.Action? {
        let attempt = request.lease.attempt + 1
        let left = now.milliseconds(until: request.totalEnd)
        switch step {
        case .endpoint:
            let lease = makeLease(
                request.ask, attempt: attempt, account: request.lease.account, endpoint: request.lease.endpoint + 1,
                totalMillisecondsLeft: left)
            return .endpoint(lease, delayMilliseconds: delay)
        case .same, .sameIfShortAndAlone:
            let credential: CredentialDemand =
                switch attemptClass {
                case .auth: .refreshedAfter(lease: request.lease.id)
                case .projectInvalid: .newProject
                default: .fresh
                }
            let lease = makeLease(
                request.ask, attempt: attempt, account: request.lease.account, endpoint: request.lease.endpoint,
                credential: credential, totalMillisecondsLeft: left)
            return .same(lease, delayMilliseconds: delay)
        case .other, .otherOnce:
            guard let account = takeTurn(for: request.ask, except: request.tried) else { return nil }
            let lease = makeLease(request.ask, attempt: attempt, account: account.id, totalMillisecondsLeft: left)
            return .other(lease, delayMilliseconds: delay)
        }
    }

    /// A move to another account, for free: nothing was sent to the upstream.
    private mutating func chooseOther(
        _ owner: String, _ attemptClass: AttemptClass, _ now: SchedulerInstant
    ) -> Verdict.Action? {
        guard let request = requests[owner], !request.hasCommittedContent, request.canSpend(.walk, settings),
            now < min(request.scheduleEnd, request.totalEnd),
            let account = takeTurn(for: request.ask, except: request.tried)
        else { return nil }
        requests[owner]!.spend(.walk)
        // The attempt keeps its number: the worker still waits for the answer to the same question.
        let lease = makeLease(
            request.ask, attempt: request.lease.attempt, account: account.id,
            totalMillisecondsLeft: now.milliseconds(until: request.totalEnd))
        return .other(lease, delayMilliseconds: 0)
    }

    private func isOpen(
        _ step: RetryStep, _ request: RequestState, _ attemptClass: AttemptClass, _ stated: Int?
    ) -> Bool {
        let isStillUsable = ring.account(request.lease.account).map { settings.allows($0, for: request.ask) } ?? false
        let isOtherOpen = ring.contains { isOpen($0, to: request) }
        switch step {
        case .endpoint: return isStillUsable && request.lease.endpoint + 1 < settings.endpointCount
        case .same: return isStillUsable && !request.hasUsed(step, attemptClass)
        case .sameIfShortAndAlone:
            guard let stated, stated <= settings.sameAccountWaitMaxMilliseconds else { return false }
            return isStillUsable && !isOtherOpen && !request.hasUsed(step, attemptClass)
        case .otherOnce: return isOtherOpen && !request.hasUsed(step, attemptClass)
        case .other: return isOtherOpen
        }
    }

    private func isOpen(_ account: AccountFacts, to request: RequestState) -> Bool {
        settings.allows(account, for: request.ask) && !request.tried.contains(account.id)
    }

    private func milliseconds(
        of delay: RetryDelay, _ retries: Int, _ random: inout some RandomNumberGenerator
    ) -> Int {
        switch delay {
        case .none: return 0
        case .spread(let most): return Int.random(in: 0...most, using: &random)
        case .fullJitter(let base, let cap):
            return Int.random(in: 0...min(cap, base << min(retries, 16)), using: &random)
        }
    }

    // MARK: Conclusion

    /// Puts the chosen step into force, or ends the request.
    private mutating func conclude(
        _ owner: String, answering lease: String, worker: Int, _ action: Verdict.Action?
    ) -> Verdict {
        guard let action, let next = action.lease else {
            let final = requests[owner]!.final
            forget(owner)
            return Verdict(requestID: owner, lease: lease, worker: worker, action: .end(final))
        }
        let verdict = Verdict(requestID: owner, lease: lease, worker: worker, action: action)
        replaceLease(of: owner, with: next)
        requests[owner]!.verdict = verdict
        owners[lease] = owner
        return verdict
    }

    private mutating func replaceLease(of owner: String, with lease: Lease) {
        guard let request = requests[owner] else { return }
        owners[request.lease.id] = nil
        if let earlier = request.verdict?.lease { owners[earlier] = nil }
        requests[owner]!.lease = lease
        owners[lease.id] = owner
    }
}

extension Verdict.Action {
    /// The lease of the next attempt; nil when there is none.
    public var lease: Lease? {
        switch self {
        case .same(let lease, _), .other(let lease, _), .endpoint(let lease, _): lease
        case .end: nil
        }
    }
}
