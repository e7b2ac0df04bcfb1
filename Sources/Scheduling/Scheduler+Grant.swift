extension Scheduler {
    /// The answer to a request for a lease. The same request and attempt get the same lease again.
    mutating func grantOrDeny(_ ask: LeaseAsk, _ now: SchedulerInstant) -> [SchedulerEffect] {
        if let known = requests[ask.requestID] {
            if known.ask.worker == ask.worker, known.lease.attempt == ask.attempt { return [.grant(known.lease)] }
            if known.ask.worker == ask.worker, known.lease.attempt > ask.attempt { return [] }
            forget(ask.requestID)
        }
        if let refusal = refusal(of: ask) {
            return [.deny(requestID: ask.requestID, worker: ask.worker, FinalVerdict(refusal))]
        }
        budget.creditRequest()
        guard let account = takeTurn(for: ask, except: []) else {
            preconditionFailure("refusal(of:) said that an account is eligible")
        }
        let lease = makeLease(
            ask, attempt: ask.attempt, account: account.id, totalMillisecondsLeft: ask.totalMillisecondsLeft)
        requests[ask.requestID] = RequestState(ask: ask, lease: lease, now: now)
        owners[lease.id] = ask.requestID
        return [.grant(lease)]
    }

    /// The account whose turn it is among those that may serve the request and are not in `tried`.
    mutating func takeTurn(for ask: LeaseAsk, except tried: Set<String>) -> AccountFacts? {
        let settings = settings
        return ring.take { settings.allows($0, for: ask) && !tried.contains($0.id) }
    }

    /// Takes over the account list; leases of accounts that left the pool are revoked, their answers finish.
    mutating func replaceAccounts(_ accounts: [AccountFacts]) -> [SchedulerEffect] {
        let pooledBefore = Set(ring.accounts.filter(\.isPooled).map(\.id))
        ring.replace(with: accounts)
        let left = pooledBefore.subtracting(accounts.filter(\.isPooled).map(\.id))
        guard !left.isEmpty else { return [] }
        return requests.values.filter { left.contains($0.lease.account) }
            .sorted { $0.lease.id < $1.lease.id }
            .map { .revoke($0.lease) }
    }

    private func refusal(of ask: LeaseAsk) -> FinalReason? {
        if ring.accounts.isEmpty { return .noAccounts }
        if ask.totalMillisecondsLeft <= 0 { return .timeout }
        if requests.count >= settings.requestCountMax { return .busy }
        if ring.contains(where: { settings.allows($0, for: ask) }) { return nil }
        let canAnyKindServe = AccountKind.allCases.contains { settings.canServe($0, ask.operation) }
        return canAnyKindServe ? .accountsUnusable : .operationUnsupported
    }
}

extension SchedulerSettings {
    /// Whether an account may serve a request at all, whatever the request has seen of it.
    func allows(_ account: AccountFacts, for ask: LeaseAsk) -> Bool {
        account.isPooled && canServe(account.kind, ask.operation)
            && (ask.pinnedAccount == nil || ask.pinnedAccount == account.id)
    }

    /// Embeddings exist only in the public API.
    func canServe(_ kind: AccountKind, _ operation: LeaseOperation) -> Bool {
        servedKinds.contains(kind) && (operation != .embed || kind == .geminiKey)
    }
}
