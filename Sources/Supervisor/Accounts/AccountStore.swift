import Platform
import Scheduling

/// The accounts: in memory for leases and answers, in state.db for good. Every change goes through here and is told to
/// the scheduler before whoever made it is answered.
final class AccountStore {
    private let database: Database
    private let turnstile = Turnstile()
    /// In the operator's order.
    private(set) var accounts: [Account] {
        didSet {
            revision += 1
            findPlaces()
        }
    }
    /// Moves with every change of the list or of an account.
    private(set) var revision = 0
    private var places: [String: Int] = [:]
    private(set) var currentID: String?
    /// Addresses of accounts that were removed: answers that they began end later, and are theirs all the same.
    private var formerEmails: [String: String] = [:]
    /// Called after each change of the list or of an account, before the change is stored.
    var onChange: (() -> Void)?

    /// Accounts that can be stored.
    nonisolated static let countMax = 1_000

    private init(_ database: Database, _ accounts: [Account], currentID: String?) {
        self.database = database
        self.accounts = accounts
        self.currentID = currentID
        findPlaces()
    }

    private func findPlaces() {
        places = Dictionary(accounts.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    static func load(_ database: Database) async throws(StorageError) -> AccountStore {
        let (accounts, current) = try await database.read { (connection) throws(StorageError) in
            (try AccountTable.all(in: connection), try MetaTable.value(.currentAccount, in: connection))
        }
        return AccountStore(database, accounts, currentID: current)
    }

    // MARK: Reading

    subscript(id: String) -> Account? { places[id].map { accounts[$0] } }

    /// For whoever wants nothing else of the account; also of one that was removed lately.
    func email(of id: String) -> String? {
        guard let place = places[id] else { return formerEmails[id] }
        return accounts[place].email
    }

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

    /// Stores a changed account, and in the same transaction whatever belongs to the change; then it counts, from the next
    /// lease on.
    ///
    /// - Returns: the changed account; nil if there is none.
    func change(
        _ id: String, alongside: Alongside = { _ throws(StorageError) in },
        _ change: @Sendable (inout Account) -> Void
    ) async throws(StorageError) -> Account? {
        try await turnstile.pass { () async throws(StorageError) in
            guard self[id] != nil else { return nil }
            return try await storeFirst(id, alongside: alongside, change)
        }
    }

    /// What is written in the same transaction as a change of an account.
    typealias Alongside = @Sendable (SQLiteConnection) throws(StorageError) -> Void

    /// Makes an account the current one and changes it with that.
    func makeCurrent(
        _ id: String, alongside: Alongside, _ change: @Sendable (inout Account) -> Void
    ) async throws(StorageError) -> Account? {
        try await turnstile.pass { () async throws(StorageError) in
            guard self[id] != nil else { return nil }
            let account = try await storeFirst(
                id,
                alongside: { (connection) throws(StorageError) in
                    try MetaTable.set(.currentAccount, to: id, in: connection)
                    try alongside(connection)
                }, change)
            currentID = id
            return account
        }
    }

    /// Removes accounts, all of them or none; if the current one is among them, the first of the others becomes current.
    ///
    /// - Returns: the ids that were removed.
    func remove(_ ids: Set<String>, alongside: Alongside) async throws(StorageError) -> [String] {
        try await turnstile.pass { () async throws(StorageError) in
            let removed = accounts.map(\.id).filter(ids.contains)
            guard !removed.isEmpty else { return [] }
            let current = removed.contains(currentID ?? "") ? accounts.first { !ids.contains($0.id) }?.id : currentID
            try await database.change { (connection) throws(StorageError) in
                for id in removed { try AccountTable.delete(id, from: connection) }
                try MetaTable.set(.currentAccount, to: current, in: connection)
                try alongside(connection)
            }
            rememberEmails(of: removed)
            accounts.removeAll { ids.contains($0.id) }
            currentID = current
            onChange?()
            return removed
        }
    }

    /// Forgets those before when they become more than accounts can be.
    private func rememberEmails(of removed: [String]) {
        if formerEmails.count + removed.count > Self.countMax { formerEmails = [:] }
        for id in removed { formerEmails[id] = self[id]?.email }
    }

    /// Puts the listed accounts first, in the order of the list; the others follow as they stood. Unknown ids count for
    /// nothing, of an id that comes twice the first counts.
    func reorder(_ ids: [String]) async throws(StorageError) {
        try await reorder(ids, unlisted: .max)
    }

    /// Puts the listed accounts behind all others, in the order of the list; the others follow each other as they stand at
    /// this moment.
    func putLast(_ ids: [String]) async throws(StorageError) {
        try await reorder(ids, unlisted: -1)
    }

    /// - Parameter unlisted: the rank of those that the list leaves out; in the list they count from 0.
    private func reorder(_ ids: [String], unlisted: Int) async throws(StorageError) {
        try await turnstile.pass { () async throws(StorageError) in
            var places: [String: Int] = [:]
            for id in ids where places[id] == nil { places[id] = places.count }
            let order = accounts.enumerated().map { (id: $1.id, rank: (places[$1.id] ?? unlisted, $0)) }
                .sorted { $0.rank < $1.rank }.map(\.id)
            try await database.change { (connection) throws(StorageError) in
                try AccountTable.setOrder(order, in: connection)
            }
            let ranks = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
            accounts.sort { ranks[$0.id] ?? .max < ranks[$1.id] ?? .max }
            onChange?()
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
        _ id: String, alongside: Alongside = { _ throws(StorageError) in }, _ change: @Sendable (inout Account) -> Void
    ) async throws(StorageError) -> Account {
        guard var copy = self[id] else { preconditionFailure("accounts are only removed in their own turn") }
        change(&copy)
        let changed = copy
        try await database.change { (connection) throws(StorageError) in
            try AccountTable.update(changed, in: connection)
            try alongside(connection)
        }
        guard let index = accounts.firstIndex(where: { $0.id == id }) else { return changed }
        change(&accounts[index])
        onChange?()
        return accounts[index]
    }
}
