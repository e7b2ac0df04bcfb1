import Platform
import Scheduling

/// The accounts: in memory for leases and answers, in state.db for good. Every change goes through here and is told to
/// the scheduler before whoever made it is answered.
final class AccountStore {
    private let database: Database
    private let turnstile = Turnstile()
    /// In the operator's order.
    private(set) var accounts: [Account]
    private(set) var currentID: String?
    /// Called after each change of the list or of an account, before the change is stored.
    var onChange: (() -> Void)?

    /// Accounts that can be stored.
    static let countMax = 1_000

    private init(_ database: Database, _ accounts: [Account], currentID: String?) {
        self.database = database
        self.accounts = accounts
        self.currentID = currentID
    }

    static func load(_ database: Database) async throws(StorageError) -> AccountStore {
        let (accounts, current) = try await database.read { (connection) throws(StorageError) in
            (try AccountTable.all(in: connection), try MetaTable.value(.currentAccount, in: connection))
        }
        return AccountStore(database, accounts, currentID: current)
    }

    // MARK: Reading

    subscript(id: String) -> Account? { accounts.first { $0.id == id } }

    func account(email: String) -> Account? {
        let key = Account.key(of: email)
        return accounts.first { Account.key(of: $0.email) == key }
    }

    var pooledCount: Int { accounts.count(where: \.isPooled) }

    // MARK: Changing

    /// Adds an account, or gives an already known mailbox its new credentials: it keeps id, place, quota and whatever the
    /// operator set, and is enabled again if a token changed.
    ///
    /// - Throws: when it cannot be stored; nothing has changed then.
    func upsert(_ added: AddedAccount, now: Int) async throws(StorageError) -> Account {
        try await turnstile.pass { () async throws(StorageError) in
            if let known = account(email: added.email), known.kind == added.kind {
                return try await storeFirst(known.id) { $0.take(added, now: now) }
            }
            let account = Account(added, id: RandomID.uuid(), now: now)
            let isFirst = currentID == nil
            try await database.change { (connection) throws(StorageError) in
                try AccountTable.insert(account, into: connection)
                if isFirst { try MetaTable.set(.currentAccount, to: account.id, in: connection) }
            }
            accounts.append(account)
            if isFirst { currentID = account.id }
            onChange?()
            return account
        }
    }

    /// Changes an account at once in memory, then in the database. For facts that count whether or not the disk takes
    /// them: tokens, quota, disabling.
    func apply(_ id: String, _ change: (inout Account) -> Void) async {
        guard let index = accounts.firstIndex(where: { $0.id == id }) else { return }
        let before = accounts[index]
        change(&accounts[index])
        guard accounts[index] != before else { return }
        onChange?()
        do throws(StorageError) {
            try await turnstile.pass { () async throws(StorageError) in
                // Whatever else has changed by the time of its turn is written with it.
                guard let account = self[id] else { return }
                try await database.write { (connection) throws(StorageError) in
                    try AccountTable.update(account, in: connection)
                }
            }
        } catch {
            Log.error(
                "account-not-stored", "a change of an account is in force but not stored",
                ["account": before.shortID, "reason": error])
        }
    }

    /// The account shown as current; a pointer to an account that is gone is set to the first one.
    func current() async -> Account? {
        if let currentID, let account = self[currentID] { return account }
        let first = accounts.first
        guard currentID != first?.id else { return first }
        currentID = first?.id
        let id = first?.id
        do throws(StorageError) {
            try await database.write { (connection) throws(StorageError) in
                try MetaTable.set(.currentAccount, to: id, in: connection)
            }
        } catch {
            Log.warning("current-account-not-stored", "the repaired pointer is not stored", ["reason": error])
        }
        return first
    }

    /// Stores the changed account, then changes it in memory; what happened to it meanwhile is kept.
    private func storeFirst(
        _ id: String, _ change: @Sendable (inout Account) -> Void
    ) async throws(StorageError) -> Account {
        guard var copy = self[id] else { preconditionFailure("accounts are only removed in their own turn") }
        change(&copy)
        let changed = copy
        try await database.change { (connection) throws(StorageError) in
            try AccountTable.update(changed, in: connection)
        }
        guard let index = accounts.firstIndex(where: { $0.id == id }) else { return changed }
        change(&accounts[index])
        onChange?()
        return accounts[index]
    }
}
