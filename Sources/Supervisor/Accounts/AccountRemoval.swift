import Platform

/// Removes accounts with everything that points to them, in one transaction.
final class AccountRemoval {
    private let store: AccountStore
    private let config: ConfigStore

    init(store: AccountStore, config: ConfigStore) {
        self.store = store
        self.config = config
    }

    /// Unknown ids count for nothing. Leases, conversations and the preference of the removed accounts end with them;
    /// what was recorded of their requests stays.
    ///
    /// - Returns: the ids that were removed.
    /// - Throws: when it cannot be stored; nothing was removed then.
    func remove(_ ids: [String]) async throws(StorageError) -> [String] {
        let ids = Set(ids)
        let removed = try await config.withoutPreference(for: ids) { (alongside) async throws(StorageError) in
            try await store.remove(ids, alongside: alongside)
        }
        for id in removed { Log.notice("account-removed", "account removed", ["account": String(id.prefix(8))]) }
        return removed
    }
}
