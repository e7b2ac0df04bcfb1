/// The accounts in the operator's order.
struct Pool: Sendable, Equatable {
    private(set) var accounts: [PoolAccount] = []
    private var places: [String: Int] = [:]
    /// The places of each tier's accounts, the best tier first.
    private(set) var tiers: [[Int]] = []
    /// When an account is to be looked at, or its quota read, at the earliest; kept up to date by `noteLooks`.
    private(set) var nextLook: SchedulerInstant?
    /// Whose turn it is when accounts take turns.
    var turn = 0
    private var grantCount = 0

    /// Lent, not copied: an account is large, and a choice looks at all of them.
    subscript(place: Int) -> PoolAccount {
        _read { yield accounts[place] }
        _modify { yield &accounts[place] }
    }

    var indices: Range<Int> { accounts.indices }
    var isEmpty: Bool { accounts.isEmpty }

    func place(of id: String) -> Int? { places[id] }

    /// Takes over a new list. What was learnt of accounts that stay is kept, the turn stays with the account that had it.
    mutating func replace(with list: [AccountFacts], _ settings: SchedulerSettings, _ keys: inout KeyIndex) {
        let turnID = accounts.indices.contains(turn) ? accounts[turn].facts.id : nil
        var known: [String: PoolAccount] = [:]
        for account in accounts { known[account.facts.id] = account }
        accounts = list.map { facts in
            guard var account = known[facts.id] else { return PoolAccount(facts, settings, &keys) }
            account.update(facts, settings, &keys)
            return account
        }
        places = [:]
        for (place, account) in accounts.enumerated() { places[account.facts.id] = place }
        tiers = Set(accounts.map(\.tier)).sorted().map { tier in accounts.indices.filter { accounts[$0].tier == tier } }
        turn = turnID.flatMap { places[$0] } ?? (accounts.isEmpty ? 0 : min(turn, accounts.count - 1))
    }

    /// Finds the next look anew: something that it depends on may have changed.
    mutating func noteLooks() {
        var next: SchedulerInstant?
        for place in accounts.indices {
            guard let look = accounts[place].nextLook else { continue }
            next = min(next ?? look, look)
        }
        nextLook = next
    }

    /// A lease goes out.
    mutating func noteGrant(_ place: Int, isBackground: Bool, now: SchedulerInstant) {
        grantCount += 1
        accounts[place].leaseCount += 1
        if isBackground { accounts[place].backgroundLeaseCount += 1 }
        accounts[place].lastGrantAt = now
        accounts[place].lastGrantNumber = grantCount
    }

    mutating func noteEnd(_ place: Int, isBackground: Bool) {
        accounts[place].leaseCount -= 1
        if isBackground { accounts[place].backgroundLeaseCount -= 1 }
    }
}
