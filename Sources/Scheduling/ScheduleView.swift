/// What the scheduler shows of an account: for the admin API, `ctl status` and the metrics.
public struct AccountView: Sendable, Equatable {
    public struct Cell: Sendable, Equatable {
        public let key: String
        public let standing: Standing
        public let until: SchedulerInstant?
        /// The class of failure behind it.
        public let reason: AttemptClass?
        /// Failures in a row.
        public let count: Int
    }

    public enum Standing: String, Sendable, CaseIterable { case ready, probing, held, cooling, exhausted, protected }

    public struct Model: Sendable, Equatable {
        public let name: String
        public let until: SchedulerInstant
    }

    public let id: String
    public let state: AccountState
    /// No token until then.
    public let heldUntil: SchedulerInstant?
    /// 0...1.
    public let health: Double
    public let leaseCount: Int
    /// Those that are not simply ready.
    public let cells: [Cell]
    /// Models the account does not have.
    public let missingModels: [Model]
}

/// Totals over everything.
public struct ScheduleTotals: Sendable, Equatable {
    public var leases = 0
    public var lostLeases = 0
    public var waiters = 0
    public var bindings = 0
    public var quarantined = 0
    public var retryTokens = 0.0
}

extension Scheduler {
    public func views(at now: SchedulerInstant) -> [AccountView] {
        pool.accounts.map { account in
            AccountView(
                id: account.facts.id, state: account.state,
                heldUntil: account.heldUntil > now ? account.heldUntil : nil,
                health: Double(account.health) / Double(PoolAccount.healthMax), leaseCount: account.leaseCount,
                cells: (0..<keys.count).compactMap { cellView(account, $0, now) },
                missingModels: account.modelCells.filter { $0.value.until > now }.sorted { $0.key < $1.key }.map {
                    AccountView.Model(name: $0.key, until: $0.value.until)
                })
        }
    }

    public var totals: ScheduleTotals {
        ScheduleTotals(
            leases: liveLeaseCount, lostLeases: lostLeaseCount, waiters: line.count, bindings: bindings.count,
            quarantined: quarantine.count,
            retryTokens: budget.tokens)
    }

    /// The name of the quota an upstream model draws from.
    public func quotaKey(of model: String) -> String { settings.quotaKeys.key(of: model) }

    private func cellView(_ account: PoolAccount, _ key: Int, _ now: SchedulerInstant) -> AccountView.Cell? {
        let cell = key < account.cells.count ? account.cells[key] : nil
        let protection = account.quota.protection(key, at: now)
        let standing: AccountView.Standing
        var until: SchedulerInstant?
        switch account.standing(key, at: now) {
        case .ready: standing = .ready
        case .probing: standing = .probing
        case .held: (standing, until) = (.held, cell?.until)
        case .locked(let lock, let end): (standing, until) = (lock == .exhausted ? .exhausted : .cooling, end)
        }
        if protection.isOn {
            return AccountView.Cell(
                key: keys.name(key), standing: .protected, until: protection.until, reason: nil, count: 0)
        }
        guard standing != .ready else { return nil }
        return AccountView.Cell(
            key: keys.name(key), standing: standing, until: until, reason: cell?.reason,
            count: cell?.ladders.values.map(\.count).max() ?? 0)
    }
}
