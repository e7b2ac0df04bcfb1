/// What follows a failed attempt.
extension Scheduler {
    /// The answer to a report. An unknown lease changes nothing; a report said twice gets the same answer twice.
    mutating func answer(
        _ outcome: AttemptReport, _ now: SchedulerInstant, _ random: inout some RandomNumberGenerator
    ) -> [SchedulerEffect] {
        guard let owner = owner(of: outcome.lease) else {
            guard outcome.wantsNext else { return [] }
            return [
                .verdict(
                    Verdict(
                        requestID: outcome.requestID, lease: outcome.lease, worker: outcome.worker, action: .end(nil)))
            ]
        }
        guard requests[owner].lease?.id == outcome.lease else {
            guard outcome.wantsNext, requests[owner].waiting == nil, let verdict = requests[owner].verdict
            else { return [] }
            return [.verdict(verdict)]
        }
        let mayGoOn = !requests[owner].hasCommittedContent && !outcome.hasCommittedContent
        if case .success = outcome.attemptClass { commit(owner, now) }
        var effects = learn(outcome, owner, now, &random)
        guard outcome.wantsNext else {
            noteQuarantine(owner, outcome.attemptClass, now)
            forget(owner)
            return effects
        }
        let lease = requests[owner].lease!
        requests[owner].note(
            outcome.attemptClass, account: lease.account, retryAfterMilliseconds: outcome.retryAfterMilliseconds)
        effects += next(owner, after: outcome, lease, mayGoOn: mayGoOn, now, &random)
        return effects
    }

    /// The account of a lease could not be spoken for: moves on to the next one. The answer takes the form of whatever
    /// the lease answered, a request or an outcome.
    mutating func goOn(
        from leaseID: String, _ attemptClass: AttemptClass, _ now: SchedulerInstant,
        _ random: inout some RandomNumberGenerator
    ) -> [SchedulerEffect] {
        guard let owner = owner(ofLive: leaseID), let lease = requests[owner].lease,
            !requests[owner].hasCommittedContent
        else { return [] }
        let request = requests[owner]
        let report = AttemptReport(
            requestID: lease.requestID, lease: leaseID, worker: request.ask.worker, attemptClass: attemptClass,
            hasCommittedContent: false, wantsNext: true)
        var effects = learn(report, owner, now, &random)
        requests[owner].note(attemptClass, account: lease.account, retryAfterMilliseconds: nil)
        let answered = request.verdict?.lease
        release(owner)
        // Nothing was sent to the upstream, so the move is free of the budget, and the attempt keeps its number.
        guard request.canSpend(.walk, settings), now < request.attemptsEnd else {
            return effects + end(owner, answering: answered)
        }
        requests[owner].spend(.walk)
        switch choose(for: owner, now, &random) {
        case .account(let place, let sticky, let change):
            let next = give(place, to: owner, attempt: lease.attempt, sticky, change, now)
            effects.append(granted(owner, answering: answered, .other(next, delayMilliseconds: 0)))
        case .wait(let milliseconds, let reason, let account):
            effects += park(owner, answering: answered, milliseconds, reason, account: account, now, &random)
        case .nobody: effects += end(owner, answering: answered)
        }
        return effects
    }

    // MARK: The retry table

    /// The first step of the class's row that is open to this request; the end if none is, or a counter or the budget is
    /// spent, or its delay would end after the schedule budget.
    private mutating func next(
        _ owner: Int, after report: AttemptReport, _ lease: Lease, mayGoOn: Bool, _ now: SchedulerInstant,
        _ random: inout some RandomNumberGenerator
    ) -> [SchedulerEffect] {
        let attemptClass = report.attemptClass
        let request = requests[owner]
        noteQuarantine(owner, attemptClass, now)
        release(owner)
        guard mayGoOn, let counter = attemptClass.counter, request.canSpend(counter, settings),
            attemptClass != .bareRefusal || request.bareRefusals < settings.bareRefusalAccountsMax
        else { return end(owner, answering: lease.id) }
        for step in attemptClass.steps {
            guard let plan = plan(step, report, owner, lease, now, &random) else { continue }
            guard now.advanced(by: plan.delay) < request.attemptsEnd else { break }
            if counter == .retries, !budget.spend() { break }
            let isMove = step == .other || step == .otherOnce
            // Only moves count as steps of the walk: the one repeat after a refreshed token stays with its account.
            if counter != .walk || isMove { requests[owner].spend(counter) }
            requests[owner].markUsed(step, attemptClass, account: lease.account)
            return carryOut(plan, step, owner, report, lease, now, &random)
        }
        return end(owner, answering: lease.id)
    }

    /// A step that is open, and how long it waits.
    private struct Plan {
        let choice: Choice?
        let delay: Int
    }

    private mutating func plan(
        _ step: RetryStep, _ report: AttemptReport, _ owner: Int, _ lease: Lease, _ now: SchedulerInstant,
        _ random: inout some RandomNumberGenerator
    ) -> Plan? {
        let request = requests[owner]
        let demand = demand(of: owner)
        let isStillUsable = pool.place(of: lease.account).map { pool[$0].allows(demand) } ?? false
        let isUsed = request.hasUsed(step, report.attemptClass, account: lease.account)
        let stated = report.retryAfterMilliseconds
        func usual() -> Int { Self.milliseconds(of: report.attemptClass.delay, request.retries, &random) }
        switch step {
        case .endpoint:
            guard isStillUsable, lease.endpoint + 1 < settings.endpointCount else { return nil }
            return Plan(choice: nil, delay: usual())
        case .same:
            let isHopeless = isKey(lease.account) && report.attemptClass.needsOtherCredential
            return isStillUsable && !isUsed && !isHopeless ? Plan(choice: nil, delay: usual()) : nil
        case .sameIfShortAndAlone:
            guard isStillUsable, !isUsed, let stated, stated <= settings.sameAccountWaitMaxMilliseconds else {
                return nil
            }
            let staysBound = settings.mode == .cacheFirst && isBound(request, lease.account)
            guard staysBound || !isAnyOtherOpen(owner, now) else { return nil }
            return Plan(choice: nil, delay: stated + 100)
        case .waitForBound:
            guard settings.mode == .cacheFirst, isStillUsable, !isUsed, isBound(request, lease.account),
                let stated, stated <= settings.boundWaitMaxMilliseconds, now.advanced(by: stated) < request.attemptsEnd
            else { return nil }
            return Plan(choice: .wait(milliseconds: stated, .rate, account: lease.account), delay: 0)
        case .otherOnce, .other:
            guard step == .other || !isUsed else { return nil }
            switch choose(for: owner, now, &random) {
            case .nobody: return nil
            case .account(let place, let sticky, let change):
                return Plan(choice: .account(place, sticky, change), delay: usual())
            case .wait(let milliseconds, let reason, let account):
                guard mayWait(request, milliseconds, reason, account: account, now) == .yes else { return nil }
                return Plan(choice: .wait(milliseconds: milliseconds, reason, account: account), delay: 0)
            }
        }
    }

    private mutating func carryOut(
        _ plan: Plan, _ step: RetryStep, _ owner: Int, _ report: AttemptReport, _ lease: Lease,
        _ now: SchedulerInstant, _ random: inout some RandomNumberGenerator
    ) -> [SchedulerEffect] {
        let attempt = lease.attempt + 1
        switch plan.choice {
        case .account(let place, let sticky, let change):
            let next = give(place, to: owner, attempt: attempt, sticky, change, now)
            return [granted(owner, answering: lease.id, .other(next, delayMilliseconds: plan.delay))]
        case .wait(let milliseconds, let reason, let account):
            return park(owner, answering: lease.id, milliseconds, reason, account: account, now, &random)
        case .nobody: return end(owner, answering: lease.id)
        case nil: break
        }
        guard let place = pool.place(of: lease.account) else { return end(owner, answering: lease.id) }
        if step == .endpoint {
            let next = self.lease(
                place, to: owner, attempt: attempt, sticky: lease.sticky, endpoint: lease.endpoint + 1, now: now)
            return [granted(owner, answering: lease.id, .endpoint(next, delayMilliseconds: plan.delay))]
        }
        let credential: CredentialDemand =
            switch report.attemptClass {
            case .auth: .refreshedAfter(lease: lease.id)
            case .projectInvalid: .newProject
            default: .fresh
            }
        let next = self.lease(
            place, to: owner, attempt: attempt, sticky: lease.sticky, endpoint: lease.endpoint, credential: credential,
            now: now)
        return [granted(owner, answering: lease.id, .same(next, delayMilliseconds: plan.delay))]
    }

    /// Whether the account has an API key, in place of which there is no other.
    private mutating func isKey(_ account: String) -> Bool {
        pool.place(of: account).map { pool[$0].facts.kind == .geminiKey } ?? false
    }

    private mutating func isBound(_ request: RequestState, _ account: String) -> Bool {
        guard let bound = request.binding.flatMap({ bindings.account(of: $0) }) else { return false }
        return pool[bound].facts.id == account
    }

    private mutating func isAnyOtherOpen(_ owner: Int, _ now: SchedulerInstant) -> Bool {
        var demand = demand(of: owner)
        return pool.indices.contains { place in
            guard isUntried(place, demand) else { return false }
            let sight = sight(place, &demand, now)
            return sight.isOpen || sight == .held
        }
    }

    static func milliseconds(
        of delay: RetryDelay, _ retries: Int, _ random: inout some RandomNumberGenerator
    ) -> Int {
        switch delay {
        case .none: return 0
        case .spread(let most): return Int.random(in: 0...most, using: &random)
        case .fullJitter(let base, let cap):
            return Int.random(in: 0...min(cap, base << min(retries, 16)), using: &random)
        }
    }

    /// Several accounts refused this body without a reason: it is kept away from the pool for a while.
    private mutating func noteQuarantine(_ owner: Int, _ attemptClass: AttemptClass, _ now: SchedulerInstant) {
        guard attemptClass == .bareRefusal, requests[owner].bareRefusals >= settings.bareRefusalAccountsMax
        else { return }
        let ask = requests[owner].ask
        quarantine.add(Quarantine.Key(apiKeyID: ask.apiKeyID, digest: ask.bodyDigest), now: now)
    }

    // MARK: Conclusion

    /// Puts the next lease into force: as the answer to an outcome, or to the ask.
    mutating func granted(_ owner: Int, answering: String?, _ action: Verdict.Action) -> SchedulerEffect {
        guard let answering else { return .grant(requests[owner].lease!) }
        let ask = requests[owner].ask
        let verdict = Verdict(requestID: ask.requestID, lease: answering, worker: ask.worker, action: action)
        requests[owner].verdict = verdict
        return .verdict(verdict)
    }

    /// The last word on a request that has failed.
    mutating func end(_ owner: Int, answering: String?, _ final: FinalVerdict? = nil) -> [SchedulerEffect] {
        let ask = requests[owner].ask
        let final = final ?? requests[owner].final
        forget(owner)
        guard let answering else { return [.deny(requestID: ask.requestID, worker: ask.worker, final)] }
        return [
            .verdict(
                Verdict(requestID: ask.requestID, lease: answering, worker: ask.worker, action: .end(final)))
        ]
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
