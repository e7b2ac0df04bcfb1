/// Requests that nobody can serve at once. They wait if somebody soon can; no lock ever ends because somebody waits.
extension Scheduler {
    /// Timed ends are spread by up to this much, so that a recovering account is tried, not stampeded.
    static let unlockSpread = 100

    enum Patience: Equatable { case yes, tooLong, lineFull }

    /// Whether a request may wait for that long.
    mutating func mayWait(
        _ request: RequestState, _ milliseconds: Int, _ reason: WaitReason, account: String?, _ now: SchedulerInstant
    ) -> Patience {
        guard !request.ask.isBackground else { return .tooLong }
        let most =
            account != nil
            ? max(settings.boundWaitMaxMilliseconds, settings.waitMaxMilliseconds)
            : reason == .busy
                ? max(settings.slotWaitMaxMilliseconds, settings.waitMaxMilliseconds)
                : settings.waitMaxMilliseconds
        guard milliseconds <= most, now.advanced(by: milliseconds) < request.attemptsEnd else { return .tooLong }
        guard request.waiting == nil else { return .yes }
        let isFull =
            line.count >= settings.waitersMax || line.count(of: request.ask.apiKeyID) >= settings.waitersPerKeyMax
        return isFull ? .lineFull : .yes
    }

    /// Lets a request wait, or sends it away with the truth.
    mutating func park(
        _ owner: Int, answering: String?, _ milliseconds: Int, _ reason: WaitReason, account: String?,
        _ now: SchedulerInstant, _ random: inout some RandomNumberGenerator
    ) -> [SchedulerEffect] {
        let request = requests[owner]
        switch mayWait(request, milliseconds, reason, account: account, now) {
        case .yes: break
        case .tooLong: return end(owner, answering: answering, denial(owner, milliseconds, reason, now))
        case .lineFull:
            return end(owner, answering: answering, FinalVerdict(.busy, retryAfterMilliseconds: Self.busyRetryAfter))
        }
        let spread = reason == .busy ? 0 : Int.random(in: 0...Self.unlockSpread, using: &random)
        requests[owner].waiting = Waiting(
            answering: answering, account: account, checkAt: now.advanced(by: milliseconds + spread), reason: reason)
        requests[owner].namedAt = now
        line.append(owner, of: request.ask.apiKeyID)
        return [.wait(requestID: request.ask.requestID, worker: request.ask.worker, milliseconds: milliseconds, reason)]
    }

    static let busyRetryAfter = 2_000

    /// Why a request is refused that would have to wait for too long. What it has seen itself says more.
    private mutating func denial(
        _ owner: Int, _ milliseconds: Int, _ reason: WaitReason, _ now: SchedulerInstant
    ) -> FinalVerdict {
        let request = requests[owner]
        if let seen = request.mostInformative {
            let final = request.final
            guard final.reason == .rateLimited || final.reason == .quotaExhausted else { return final }
            let own = final.retryAfterMilliseconds ?? milliseconds
            return FinalVerdict(FinalReason(seen), retryAfterMilliseconds: min(own, milliseconds))
        }
        switch reason {
        case .busy: return FinalVerdict(.busy, retryAfterMilliseconds: Self.busyRetryAfter)
        case .capacity: return FinalVerdict(.overloaded, retryAfterMilliseconds: milliseconds)
        case .model: return FinalVerdict(.modelNotFound)
        case .rate: return FinalVerdict(.rateLimited, retryAfterMilliseconds: milliseconds)
        case .quota:
            let isOnlyQuota = !isAnyLimitedByRate(owner, now)
            return FinalVerdict(
                isOnlyQuota ? .quotaExhausted : .rateLimited, retryAfterMilliseconds: milliseconds)
        }
    }

    private mutating func isAnyLimitedByRate(_ owner: Int, _ now: SchedulerInstant) -> Bool {
        var demand = demand(of: owner)
        return pool.indices.contains { place in
            guard case .later(_, let reason) = sight(place, &demand, now) else { return false }
            return reason == .rate || reason == .busy
        }
    }

    // MARK: The line moves

    /// Serves whoever can be served, the API keys in turn. Those who wait for a moment are not looked at before it.
    ///
    /// - Parameter looksAtAll: what has happened may have changed everything.
    mutating func serveWaiters(
        looksAtAll: Bool, _ now: SchedulerInstant, _ random: inout some RandomNumberGenerator
    ) -> [SchedulerEffect] {
        var effects = sendAwayOverdue(now)
        // What found nobody for one waiter finds nobody for the next with the same needs.
        var hopeless: Set<String> = []
        var isMoving = true
        while isMoving, line.count > 0 {
            isMoving = false
            for (apiKeyID, waiters) in line.inOrder {
                for owner in waiters {
                    guard let served = serve(owner, looksAtAll: looksAtAll, &hopeless, now, &random) else { continue }
                    effects += served.effects
                    if served.isGranted {
                        line.passTurn(of: apiKeyID)
                        isMoving = true
                        break
                    }
                }
            }
        }
        return effects
    }

    /// - Returns: nil if the request goes on waiting.
    private mutating func serve(
        _ owner: Int, looksAtAll: Bool, _ hopeless: inout Set<String>, _ now: SchedulerInstant,
        _ random: inout some RandomNumberGenerator
    ) -> (effects: [SchedulerEffect], isGranted: Bool)? {
        // Whoever was served a moment ago may still stand in the list.
        guard requests.isKnown(owner), let waiting = requests[owner].waiting else { return nil }
        let isDue = now >= waiting.checkAt
        guard isDue || looksAtAll || waiting.reason == .busy else { return nil }
        if let account = waiting.account {
            return serveBound(owner, waiting, account, isDue: isDue, now, &random)
        }
        let ask = requests[owner].ask
        let needs =
            requests[owner].tried.isEmpty && requests[owner].binding == nil ? ask.upstreamModel : ask.requestID
        if !isDue, hopeless.contains(needs) { return nil }
        switch choose(for: owner, now, &random) {
        case .account(let place, let sticky, let change):
            return ([grantWaiter(owner, place, sticky, change, now)], true)
        case .wait(let milliseconds, let reason, let account):
            hopeless.insert(needs)
            return isDue ? waitOn(owner, milliseconds, reason, account: account, now, &random) : nil
        case .nobody(let final):
            leaveLine(owner)
            let isFirst = requests[owner].mostInformative == nil
            return (end(owner, answering: waiting.answering, isFirst ? final : nil), false)
        }
    }

    /// A conversation that waits for its own account, which it may have tried.
    private mutating func serveBound(
        _ owner: Int, _ waiting: Waiting, _ account: String, isDue: Bool, _ now: SchedulerInstant,
        _ random: inout some RandomNumberGenerator
    ) -> (effects: [SchedulerEffect], isGranted: Bool)? {
        var demand = demand(of: owner)
        let sight = pool.place(of: account).map { self.sight($0, &demand, now) } ?? Sight.never
        switch sight {
        case .open, .held:
            return (
                [grantWaiter(owner, pool.place(of: account)!, .hit, .none, now, isSame: waiting.answering != nil)], true
            )
        case .later(let until, let reason):
            guard isDue else { return nil }
            return waitOn(owner, now.milliseconds(until: until), reason, account: account, now, &random)
        case .never:
            // It will not come back soon: anybody will do.
            requests[owner].waiting!.account = nil
            var none: Set<String> = []
            return serve(owner, looksAtAll: true, &none, now, &random)
        }
    }

    private mutating func grantWaiter(
        _ owner: Int, _ place: Int, _ sticky: Lease.Sticky, _ change: RequestState.BindingChange,
        _ now: SchedulerInstant, isSame: Bool = false
    ) -> SchedulerEffect {
        let answering = requests[owner].waiting?.answering
        leaveLine(owner)
        let attempt = answering == nil ? requests[owner].ask.attempt : requests[owner].attemptBehind + 1
        let lease = give(place, to: owner, attempt: attempt, sticky, change, now)
        return granted(
            owner, answering: answering,
            isSame ? .same(lease, delayMilliseconds: 0) : .other(lease, delayMilliseconds: 0))
    }

    /// The expected moment has come and somebody else was faster, or the lock is longer now.
    private mutating func waitOn(
        _ owner: Int, _ milliseconds: Int, _ reason: WaitReason, account: String?, _ now: SchedulerInstant,
        _ random: inout some RandomNumberGenerator
    ) -> (effects: [SchedulerEffect], isGranted: Bool)? {
        let request = requests[owner]
        guard mayWait(request, milliseconds, reason, account: account, now) == .yes else {
            let answering = request.waiting?.answering
            let denial = denial(owner, milliseconds, reason, now)
            leaveLine(owner)
            return (end(owner, answering: answering, denial), false)
        }
        let spread = reason == .busy ? 0 : Int.random(in: 0...Self.unlockSpread, using: &random)
        requests[owner].waiting!.checkAt = now.advanced(by: max(1, milliseconds) + spread)
        requests[owner].waiting!.reason = reason
        requests[owner].waiting!.account = account
        return nil
    }

    private mutating func sendAwayOverdue(_ now: SchedulerInstant) -> [SchedulerEffect] {
        var effects: [SchedulerEffect] = []
        for (_, waiters) in line.inOrder {
            for owner in waiters {
                guard now >= requests[owner].attemptsEnd else { continue }
                let answering = requests[owner].waiting?.answering
                leaveLine(owner)
                let final =
                    requests[owner].mostInformative == nil
                    ? FinalVerdict(.busy, retryAfterMilliseconds: Self.busyRetryAfter) : requests[owner].final
                effects += end(owner, answering: answering, final)
            }
        }
        return effects
    }

    private mutating func leaveLine(_ owner: Int) {
        guard requests[owner].waiting != nil else { return }
        line.remove(owner, of: requests[owner].ask.apiKeyID)
        requests[owner].waiting = nil
    }
}
