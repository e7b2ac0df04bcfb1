import Platform

/// The device profiles of the accounts: which one is bound, which ones were, and the one that was first of all.
final class DeviceBook {
    /// What is known of an account's profiles.
    struct View: Sendable {
        /// In the editor's own file.
        let editor: DeviceProfile?
        let bound: DeviceProfile?
        /// Oldest first.
        let history: [DeviceVersion]
        let baseline: DeviceProfile?
    }

    nonisolated enum Failure: Error, Sendable, Equatable {
        case unknownAccount
        /// There is no such version; for the original: none was ever bound, or there is no current account.
        case unknownVersion
        /// The version is bound, or is the baseline.
        case inUse
        /// The editor's file is missing or holds no profile.
        case noEditor
        case storage(StorageError)
    }

    private let store: AccountStore
    private let database: Database
    private let editor: EditorStorage

    /// The words that stand for a version in place of its id.
    static let baselineWord = "baseline"
    static let currentWord = "current"

    init(store: AccountStore, database: Database, editor: EditorStorage) {
        self.store = store
        self.database = database
        self.editor = editor
    }

    func view(of id: String) async throws(Failure) -> View {
        guard let account = store[id] else { throw .unknownAccount }
        let (history, baseline) = try await stored(id)
        return View(
            editor: await editor.profile(), bound: account.deviceProfile, history: history, baseline: baseline)
    }

    /// Binds a profile that was made up for the account.
    func generate(for id: String) async throws(Failure) -> DeviceProfile {
        try await bind(.random(), .generate, to: id)
    }

    /// Binds the profile of the editor in the operator's home.
    func capture(for id: String) async throws(Failure) -> DeviceProfile {
        guard store[id] != nil else { throw .unknownAccount }
        guard let profile = await editor.profile() else { throw .noEditor }
        return try await bind(profile, .capture, to: id)
    }

    func bind(_ profile: DeviceProfile, _ label: DeviceVersion.Label, to id: String) async throws(Failure)
        -> DeviceProfile
    {
        let version = DeviceVersion(profile: profile, label: label, at: WallClock.unixSeconds)
        return try await change(id, to: profile) { (connection) throws(StorageError) in
            try DeviceTable.bind(version, to: id, in: connection)
        }
    }

    /// Binds an earlier version, or the baseline, again.
    func restore(_ version: String, of id: String) async throws(Failure) -> DeviceProfile {
        guard let account = store[id] else { throw .unknownAccount }
        if version == Self.currentWord {
            guard let bound = account.deviceProfile else { throw .unknownVersion }
            return bound
        }
        let (history, baseline) = try await stored(id)
        let entry = history.first { $0.id == version }
        guard let profile = version == Self.baselineWord ? baseline : entry?.profile else { throw .unknownVersion }
        return try await change(id, to: profile) { (connection) throws(StorageError) in
            try DeviceTable.setCurrent(version, of: id, in: connection)
            // Deleted since it was read: it is bound again, so it is listed again.
            if let entry, try !DeviceTable.hasCurrent(id, in: connection) {
                try DeviceTable.bind(entry, to: id, in: connection)
            }
        }
    }

    func delete(_ version: String, of id: String) async throws(Failure) {
        guard let account = store[id] else { throw .unknownAccount }
        let (history, baseline) = try await stored(id)
        switch version {
        case Self.baselineWord: throw baseline == nil ? .unknownVersion : .inUse
        case Self.currentWord: throw account.deviceProfile == nil ? .unknownVersion : .inUse
        default: break
        }
        guard history.contains(where: { $0.id == version }) else { throw .unknownVersion }
        let isDeleted: Bool
        do throws(StorageError) {
            isDeleted = try await database.change { (connection) throws(StorageError) in
                try DeviceTable.delete(version, of: id, in: connection)
            }
        } catch { throw .storage(error) }
        guard isDeleted else { throw .inUse }
    }

    /// Binds the baseline to the current account.
    func restoreOriginal() async throws(Failure) -> DeviceProfile {
        guard let id = await store.current()?.id else { throw .unknownVersion }
        return try await restore(Self.baselineWord, of: id)
    }

    private func stored(_ id: String) async throws(Failure) -> ([DeviceVersion], DeviceProfile?) {
        do throws(StorageError) {
            return try await database.read { (connection) throws(StorageError) in
                (
                    try DeviceTable.versions(of: id, in: connection), try DeviceTable.baseline(in: connection)
                )
            }
        } catch { throw .storage(error) }
    }

    private func change(
        _ id: String, to profile: DeviceProfile, alongside: AccountStore.Alongside
    ) async throws(Failure) -> DeviceProfile {
        let changed: Account?
        do throws(StorageError) {
            changed = try await store.change(id, alongside: alongside) { $0.deviceProfile = profile }
        } catch { throw .storage(error) }
        guard changed != nil else { throw .unknownAccount }
        return profile
    }
}
