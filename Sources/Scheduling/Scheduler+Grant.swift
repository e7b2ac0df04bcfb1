extension Scheduler {
    /// Life of the binding of a client that names no conversation.
    static let hintLifetime = 60_000

    /// The answer to a request for a lease. The same request and attempt get the same lease again.
    mutating func grantOrDeny(
        _ ask: LeaseAsk, _ now: SchedulerInstant, _ random: inout some RandomNumberGenerator
    ) -> [SchedulerEffect] {
        if let known = requests[ask.requestID] {
            if known.ask.worker == ask.worker {
                if let lease = known.lease {
                    if lease.attempt == ask.attempt { return [.grant(lease)] }
                    if lease.attempt > ask.attempt { return [] }
                } else if known.ask.attempt == ask.attempt {
                    return []
                }
            }
            forget(ask.requestID)
        }
        if let refusal = refusal(of: ask, now) {
            return [.deny(requestID: ask.requestID, worker: ask.worker, refusal)]
        }
        budget.creditRequest()
        var request = RequestState(ask: ask, key: keys.number(ofModel: ask.upstreamModel), now: now)
        request.binding = bindings.find(names(of: request), now: now)
        requests[ask.requestID] = request
        switch choose(for: request, now, &random) {
        case .account(let place, let sticky, let change):
            return [.grant(give(place, to: ask.requestID, attempt: ask.attempt, sticky, change, now))]
        case .wait(let milliseconds, let reason, let account):
            return park(ask.requestID, answering: nil, milliseconds, reason, account: account, now, &random)
        case .nobody(let final):
            forget(ask.requestID)
            return [.deny(requestID: ask.requestID, worker: ask.worker, final)]
        }
    }

    private func refusal(of ask: LeaseAsk, _ now: SchedulerInstant) -> FinalVerdict? {
        if pool.isEmpty, ask.operation != .embed { return FinalVerdict(.noAccounts) }
        if ask.totalMillisecondsLeft <= 0 { return FinalVerdict(.timeout) }
        if requests.count >= settings.requestCountMax { return FinalVerdict(.busy, retryAfterMilliseconds: 1_000) }
        let body = Quarantine.Key(apiKeyID: ask.apiKeyID, digest: ask.bodyDigest)
        if let left = quarantine.remaining(body, at: now) {
            return FinalVerdict(.requestRejected, retryAfterMilliseconds: left)
        }
        return nil
    }

    /// A lease, and what it means for the conversation.
    mutating func give(
        _ place: Int, to owner: String, attempt: Int, _ sticky: Lease.Sticky, _ change: RequestState.BindingChange,
        _ now: SchedulerInstant
    ) -> Lease {
        let lease = lease(place, to: owner, attempt: attempt, sticky: sticky, now: now)
        requests[owner]!.change = change
        let request = requests[owner]!
        let names = names(of: request)
        guard !names.isEmpty else { return lease }
        if let binding = request.binding, bindings[binding] != nil {
            bindings.touch(binding, names, lifetime: lifetime(of: request), now: now)
        } else {
            requests[owner]!.binding = bindings.bind(
                names, to: lease.account, maker: owner, lifetime: lifetime(of: request), now: now)
        }
        return lease
    }

    /// Something of this lease's answer has reached the client.
    mutating func commit(_ leaseID: String, _ now: SchedulerInstant) {
        guard isLive(lease: leaseID), let owner = owners[leaseID] else { return }
        requests[owner]!.hasCommittedContent = true
        requests[owner]!.namedAt = now
        settleBinding(owner, now)
    }

    /// The account has served the conversation: the binding made for it stands, or follows.
    mutating func settleBinding(_ owner: String, _ now: SchedulerInstant) {
        guard let request = requests[owner], let lease = request.lease else { return }
        let names = names(of: request)
        // An account that may only finish what it has begun gets no conversation.
        guard !names.isEmpty, pool.place(of: lease.account).map({ pool[$0].isUsable }) == true else { return }
        guard let number = request.binding, let binding = bindings[number] else {
            requests[owner]!.binding = bindings.bind(
                names, to: lease.account, maker: nil, lifetime: lifetime(of: request), now: now)
            return
        }
        if binding.maker == owner, binding.account != lease.account {
            // The account it was made for failed, and another one delivered.
            _ = bindings.bind(names, to: lease.account, maker: nil, lifetime: lifetime(of: request), now: now)
            return
        }
        bindings.confirm(number, maker: owner)
        switch request.change {
        case .none:
            if binding.account == lease.account { bindings.setDetour(number, nil) }
        case .detour: bindings.setDetour(number, lease.account)
        case .move:
            _ = bindings.bind(names, to: lease.account, maker: nil, lifetime: lifetime(of: request), now: now)
        }
        bindings.touch(number, names, lifetime: lifetime(of: request), now: now)
    }

    /// What the conversation is called; nothing where conversations do not count.
    func names(of request: RequestState) -> [Bindings.Name] {
        guard settings.mode != .performanceFirst, request.ask.operation.hasSession else { return [] }
        let ask = request.ask
        guard !ask.sessions.isEmpty else {
            guard let hint = ask.clientHint else { return [] }
            return [Bindings.Name(apiKeyID: ask.apiKeyID, session: "hint:" + hint, key: request.key)]
        }
        return ask.sessions.prefix(Bindings.namesMax).map {
            Bindings.Name(apiKeyID: ask.apiKeyID, session: $0, key: request.key)
        }
    }

    private func lifetime(of request: RequestState) -> Int? {
        request.ask.sessions.isEmpty ? Self.hintLifetime : nil
    }

    /// Takes over the account list; leases of accounts that left the pool are revoked, their answers finish.
    mutating func replaceAccounts(_ accounts: [AccountFacts], _ now: SchedulerInstant) -> [SchedulerEffect] {
        let before = pool.accounts
        pool.replace(with: accounts, settings, &keys)
        recount(since: before)
        var left: Set<String> = []
        for account in before where account.facts.isPooled {
            let isPooled = pool.place(of: account.facts.id).map { pool[$0].facts.isPooled } ?? false
            if !isPooled { left.insert(account.facts.id) }
        }
        for place in pool.indices {
            takeSnapshot(place, since: before.first { $0.facts.id == pool[place].facts.id }, now)
        }
        guard !left.isEmpty else { return [] }
        durableRevision += 1
        for account in left { bindings.forget(account: account) }
        return requests.values.compactMap(\.lease).filter { left.contains($0.account) }
            .sorted { $0.id < $1.id }
            .map { .revoke($0) }
    }

    /// An account that was away and is back may still have leases out.
    private mutating func recount(since before: [PoolAccount]) {
        let known = Set(before.map(\.facts.id))
        guard pool.accounts.contains(where: { !known.contains($0.facts.id) }) else { return }
        for request in requests.values {
            guard let lease = request.lease, !known.contains(lease.account), let place = pool.place(of: lease.account)
            else { continue }
            pool[place].leaseCount += 1
            if request.ask.isBackground { pool[place].backgroundLeaseCount += 1 }
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
