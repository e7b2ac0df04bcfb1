/// The accounts in the operator's order, handed out in turn.
struct AccountRing: Sendable, Equatable {
    private(set) var accounts: [AccountFacts] = []
    /// Index of the account whose turn is next.
    private var next = 0

    /// Takes over a new list; the turn stays with the account that had it.
    mutating func replace(with list: [AccountFacts]) {
        let turn = accounts.indices.contains(next) ? accounts[next].id : nil
        accounts = list
        next = list.firstIndex { $0.id == turn } ?? (list.isEmpty ? 0 : min(next, list.count - 1))
    }

    func account(_ id: String) -> AccountFacts? { accounts.first { $0.id == id } }

    func contains(where isEligible: (AccountFacts) -> Bool) -> Bool { accounts.contains(where: isEligible) }

    /// The first eligible account from the one whose turn it is; the turn passes to the one behind it.
    mutating func take(where isEligible: (AccountFacts) -> Bool) -> AccountFacts? {
        for step in accounts.indices {
            let index = (next + step) % accounts.count
            guard isEligible(accounts[index]) else { continue }
            next = (index + 1) % accounts.count
            return accounts[index]
        }
        return nil
    }
}
