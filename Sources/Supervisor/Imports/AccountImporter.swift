import Platform

/// Adds the logins of a source, a few at a time and in their order.
final class AccountImporter {
    struct Outcome {
        var imported: [Account] = []
        /// Logins that were not taken over; never empty names, never secrets.
        var failures: [(name: String, error: AdminError)] = []
    }

    private let adder: AccountAdder
    private let store: AccountStore

    /// Logins that are checked with Google at once.
    private static let concurrency = 4

    init(adder: AccountAdder, store: AccountStore) {
        self.adder = adder
        self.store = store
    }

    /// - Parameter keepsUnchecked: a login that Google refuses, or that it cannot be asked about, is stored all the same if
    ///   its mailbox is known and no account has it yet.
    func run(_ source: ImportSource, keepsUnchecked: Bool) async -> Outcome {
        let before = Set(store.accounts.map(\.id))
        var outcome = Outcome()
        var rest = source.logins[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Self.concurrency)
            rest = rest.dropFirst(Self.concurrency)
            let flights = batch.map { login in
                Task { await add(login, keepsUnchecked: keepsUnchecked) }
            }
            for (login, flight) in zip(batch, flights) {
                switch await flight.value {
                case .success(let account):
                    outcome.imported.removeAll { $0.id == account.id }
                    outcome.imported.append(account)
                case .failure(let failure): outcome.failures.append((login.name, .adding(failure)))
                }
            }
        }
        await order(outcome.imported.map(\.id).filter { !before.contains($0) })
        return outcome
    }

    /// Those that are new stand in the order of their source, not in that of Google's answers.
    private func order(_ new: [String]) async {
        guard new.count > 1 else { return }
        do throws(StorageError) {
            try await store.putLast(new)
        } catch {
            Log.warning("import-not-ordered", "imported accounts stand in no order", ["reason": error])
        }
    }

    private func add(_ login: ImportSource.Login, keepsUnchecked: Bool) async -> AccountAdder.Answer {
        let hint = AccountAdder.Hint(email: keepsUnchecked ? login.email : nil, project: login.project)
        let answer = await adder.add(refreshToken: login.refreshToken, hint: hint)
        guard keepsUnchecked, case .failure(let failure) = answer, let email = login.email,
            store.account(email: email) == nil
        else { return answer }
        switch failure {
        case .invalidGrant(_, let text):
            let disabling = Account.Disabling(
                reason: TokenKeeper.cut("invalid_grant: \(text)"), at: WallClock.unixSeconds)
            return await adder.keep(login.refreshToken, email: email, project: login.project, disabling)
        case .upstream, .timeout:
            return await adder.keep(login.refreshToken, email: email, project: login.project, nil)
        default: return answer
        }
    }
}
