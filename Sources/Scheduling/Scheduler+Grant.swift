extension Scheduler {
    /// Life of the binding of a client that names no conversation.
    static let hintLifetime = 60_000

    /// The answer to a request for a lease. The same request and attempt get the same lease again.
    mutating func grantOrDeny(
        _ ask: LeaseAsk, _ now: SchedulerInstant, _ random: inout some RandomNumberGenerator
    ) -> [SchedulerEffect] {
        if let owner = requests.number(of: ask.requestID) {
            if requests[owner].ask.worker == ask.worker {
                if let lease = requests[owner].lease {
                    if lease.attempt == ask.attempt { return [.grant(lease)] }
                    if lease.attempt > ask.attempt { return [] }
                } else if requests[owner].ask.attempt == ask.attempt {
                    return []
                }
            }
            forget(owner)
        }
        if let refusal = refusal(of: ask, now) {
            return [.deny(requestID: ask.requestID, worker: ask.worker, refusal)]
        }
        budget.creditRequest()
        let owner = requests.add(ask, keys.model(ask.upstreamModel), now: now)
        if settings.mode != .performanceFirst {
            requests[owner].binding = bindings.find(requests[owner].names, now: now)
        }
        switch choose(for: owner, now, &random) {
        case .account(let place, let sticky, let change):
            return [.grant(give(place, to: owner, attempt: ask.attempt, sticky, change, now))]
        case .wait(let milliseconds, let reason, let account):
            return park(owner, answering: nil, milliseconds, reason, account: account, now, &random)
        case .nobody(let final):
            forget(owner)
            return [.deny(requestID: ask.requestID, worker: ask.worker, final)]
        }
    }

    private mutating func refusal(of ask: LeaseAsk, _ now: SchedulerInstant) -> FinalVerdict? {
        if pool.isEmpty, ask.operation != .embed { return FinalVerdict(.noAccounts) }
        if ask.totalMillisecondsLeft <= 0 { return FinalVerdict(.timeout) }
        if requests.count >= settings.requestCountMax { return FinalVerdict(.busy, retryAfterMilliseconds: 1_000) }
        guard quarantine.count > 0 else { return nil }
        let body = Quarantine.Key(apiKeyID: ask.apiKeyID, digest: ask.bodyDigest)
        if let left = quarantine.remaining(body, at: now) {
            return FinalVerdict(.requestRejected, retryAfterMilliseconds: left)
        }
        return nil
    }

    /// A lease, and what it means for the conversation.
    mutating func give(
        _ place: Int, to owner: Int, attempt: Int, _ sticky: Lease.Sticky, _ change: RequestState.BindingChange,
        _ now: SchedulerInstant
    ) -> Lease {
        let lease = lease(place, to: owner, attempt: attempt, sticky: sticky, now: now)
        requests[owner].change = change
        guard countsConversation(of: owner) else { return lease }
        if let binding = requests[owner].binding, bindings.account(of: binding) != nil {
            bindings.touch(binding, requests[owner].names, lifetime: lifetime(of: owner), now: now)
        } else {
            requests[owner].binding = bind(owner, to: place, maker: requests[owner].serial, now)
        }
        return lease
    }

    /// Something of this lease's answer has reached the client.
    mutating func commit(_ owner: Int, _ now: SchedulerInstant) {
        requests[owner].hasCommittedContent = true
        requests[owner].namedAt = now
        settleBinding(owner, now)
    }

    /// The account has served the conversation: the binding made for it stands, or follows.
    private mutating func settleBinding(_ owner: Int, _ now: SchedulerInstant) {
        // An account that may only finish what it has begun gets no conversation.
        guard let place = requests[owner].leasePlace, countsConversation(of: owner), pool[place].isUsable else {
            return
        }
        guard let number = requests[owner].binding, let account = bindings.account(of: number) else {
            requests[owner].binding = bind(owner, to: place, maker: nil, now)
            return
        }
        if account != place, bindings.maker(of: number) == requests[owner].serial {
            // The account it was made for failed, and another one delivered.
            _ = bind(owner, to: place, maker: nil, now)
            return
        }
        bindings.confirm(number, maker: requests[owner].serial)
        switch requests[owner].change {
        case .none:
            if account == place { bindings.setDetour(number, nil) }
        case .detour: bindings.setDetour(number, place)
        case .move: _ = bind(owner, to: place, maker: nil, now)
        }
        bindings.touch(number, requests[owner].names, lifetime: lifetime(of: owner), now: now)
    }

    private mutating func bind(_ owner: Int, to place: Int, maker: Int?, _ now: SchedulerInstant) -> Int {
        bindings.bind(requests[owner].names, to: place, maker: maker, lifetime: lifetime(of: owner), now: now)
    }

    private mutating func countsConversation(of owner: Int) -> Bool {
        settings.mode != .performanceFirst && !requests[owner].names.isEmpty
    }

    private mutating func lifetime(of owner: Int) -> Int? {
        requests[owner].ask.sessions.isEmpty ? Self.hintLifetime : nil
    }

    /// Takes over the account list; leases of accounts that left the pool are revoked, their answers finish.
    mutating func replaceAccounts(_ accounts: [AccountFacts], _ now: SchedulerInstant) -> [SchedulerEffect] {
        let before = pool
        pool.replace(with: accounts, settings, &keys)
        followMoves(from: before)
        for place in pool.indices {
            takeSnapshot(place, since: before.place(of: pool[place].facts.id).map { before[$0] }, now)
        }
        let left = before.accounts.filter { account in
            account.facts.isPooled && pool.place(of: account.facts.id).map { pool[$0].facts.isPooled } != true
        }.map(\.facts.id)
        guard !left.isEmpty else { return [] }
        durableRevision += 1
        for place in left.compactMap({ pool.place(of: $0) }) { bindings.forget(account: place) }
        return requests.all.compactMap { requests[$0].lease }.filter { left.contains($0.account) }
            .sorted { $0.id < $1.id }
            .map { .revoke($0) }
    }

    /// Whatever names accounts by their places learns where they stand now. An account that was away and is back may still
    /// have leases out.
    private mutating func followMoves(from before: Pool) {
        let places = before.accounts.map { pool.place(of: $0.facts.id) }
        guard !places.elementsEqual(pool.indices.map { Optional($0) }) else { return }
        bindings.move(accounts: places)
        for owner in requests.all {
            guard let lease = requests[owner].lease else { continue }
            let place = pool.place(of: lease.account)
            requests[owner].leasePlace = place
            guard let place, before.place(of: lease.account) == nil else { continue }
            pool[place].leaseCount += 1
            if requests[owner].ask.isBackground { pool[place].backgroundLeaseCount += 1 }
        }
    }

    /// A new quota read may open a used-up quota early, or say when it is full again.
    private mutating func takeSnapshot(_ place: Int, since old: PoolAccount?, _ now: SchedulerInstant) {
        let view = pool[place].quota
        guard let old, old.quota.takenAt < view.takenAt else { return }
        for key in pool[place].cells.indices where pool[place].cells[key] != nil {
            guard case .locked(.exhausted, _) = pool[place].standing(key, at: now), let left = view.percentage(key)
            else {
                continue
            }
            let threshold = settings.protection.isEnabled ? settings.protection.thresholdPercentage : 0
            if left > threshold {
                pool[place].cells[key]!.openEarly(now: now)
            } else if pool[place].cells[key]!.awaitsReset, let reset = view.reset(key), reset > now {
                pool[place].cells[key]!.lock(.exhausted, for: now.milliseconds(until: reset), because: .quota, now: now)
                pool[place].cells[key]!.awaitsReset = false
            }
            durableRevision += 1
        }
    }
}
