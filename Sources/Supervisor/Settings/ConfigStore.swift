import GoogleAPI
import JSON
import Platform
import Scheduling

/// The configuration: stored in state.db, shown and changed by the admin API, published to the workers.
final class ConfigStore {
    private let database: Database
    private var settings: Settings
    private let turnstile = Turnstile()
    private(set) var document: ConfigDocument
    /// Counts the changes; stored with the document.
    private(set) var revision: Int
    private(set) var current: Configuration
    /// What was in force when the process started, for members that act only then.
    private var atStart: Configuration
    /// Somebody beyond this machine can connect: known for sure once the listeners are open.
    private(set) var isReachableFromOutside: Bool
    /// A tunnel leads to this gateway, or is about to.
    private(set) var isTunnelOpen: Bool
    /// AI requests are served. Begins as the stored `proxy.auto_start` says and then changes by `setRunning` alone.
    private(set) var isRunning: Bool
    /// What is known of models; told to the workers with the configuration.
    var models = ModelTable()
    /// Whether an account is there: asked within each change, so that no removal comes between.
    var isAccount: ((String) -> Bool)?
    /// Called after a change is stored and in force; awaited before whoever made the change is told.
    var onChange: (() async -> Void)?

    private init(_ database: Database, _ settings: Settings, _ document: ConfigDocument, revision: Int) {
        self.database = database
        self.settings = settings
        self.document = document
        self.revision = revision
        current = Configuration(document: document, settings: settings)
        atStart = current
        isReachableFromOutside = current.listensBeyondLoopback
        isTunnelOpen = current.tunnel.isEnabled == true
        isRunning = current.startsEnabled
    }

    /// Reads the stored document; a first start makes one. When no key exists anywhere, one is made and stored.
    ///
    /// - Throws: for a database that cannot be read or written, or a stored member that this version does not take.
    static func load(_ database: Database, _ settings: Settings) async throws(StartupError) -> ConfigStore {
        let row: ConfigTable.Row?
        do throws(StorageError) {
            row = try await database.read { (connection) throws(StorageError) in try ConfigTable.load(from: connection)
            }
        } catch { throw .storage(error) }
        var document = ConfigDocument.fresh
        if let row { document = try reread(row.document) }
        let isKeySet = settings.overrides["proxy.api_key"] != nil
        let isKeyStored = JSONValue.object(document.root)[path: "proxy.api_key"]?.string?.isEmpty == false
        let needsKey = !isKeySet && !isKeyStored
        if needsKey { document = document.setting("proxy.api_key", to: .string(newKey())) }
        let store = ConfigStore(database, settings, document, revision: row?.revision ?? 0)
        if needsKey || row == nil {
            do throws(StorageError) { try await store.save(document) } catch { throw .storage(error) }
        }
        if needsKey {
            Log.notice(
                "api-key-made", "an API key was made and stored in state.db; ANTIGRAVITY_API_KEY chooses another")
        }
        return store
    }

    // MARK: Reading

    /// What `GET /api/config` answers.
    var shown: JSONObject { document.shown(overrides: settings.overrides) }

    /// Members that the environment rules, in the order of the settings table.
    var environmentOverrides: [String] { paths { settings.overrides[$0] != nil } }

    /// Members whose value in force is not the one the process started with, and that act only at a start.
    var restartRequired: [String] {
        let before = JSONValue.object(atStart.values)
        let now = JSONValue.object(current.values)
        return paths { path in
            // Starting and stopping by hand counts at once, and the stored member follows.
            if path == Self.autoStart { return current.startsEnabled != isRunning }
            return SettingsTable.row(path)?.effect == .restart && before[path: path] != now[path: path]
        }
    }

    /// The way authentication really works now.
    var effectiveAuthMode: Configuration.AuthMode {
        current.effectiveAuthMode(isReachableFromOutside: isReachableFromOutside || isTunnelOpen)
    }

    /// Google's addresses as the operator has them.
    var addresses: GoogleAddresses { GoogleAddresses(override: settings.googleURL, bases: current.upstreamBases) }

    /// What the operator wants held back.
    var protection: ProtectedModels {
        ProtectedModels(settings: current.scheduling.protection, keys: current.scheduling.quotaKeys)
    }

    /// The name told to Google.
    var userAgent: String { current.userAgent.isEmpty ? Self.ownUserAgent : current.userAgent }

    /// The document for the workers' channels.
    func snapshotBytes() -> [UInt8] {
        SnapshotDocument.encode(
            current, isRunning: isRunning, isTunnelOpen: isTunnelOpen, revision: revision, authMode: effectiveAuthMode,
            models: models,
            addresses: addresses,
            userAgent: userAgent)
    }

    /// The listeners are open: whether anybody beyond this machine can connect, and which port a variable that left the
    /// choice to the system has led to.
    func listenersOpened(_ listener: ListenerFacts) {
        isReachableFromOutside = !listener.isLoopbackOnly
        guard settings.overrides["proxy.port"] == .int(0) else { return }
        settings.overrides["proxy.port"] = .int(listener.port)
        current = Configuration(document: document, settings: settings)
        atStart = current
    }

    /// Takes over the secrets of another reading of the environment: their files may have changed. Everything else of the
    /// environment stays as it was at the start.
    func takeSecrets(of reread: Settings) {
        for setting in SettingsTable.members where setting.isSecret {
            guard let path = setting.member else { continue }
            settings.overrides[path] = reread.overrides[path]
        }
        current = Configuration(document: document, settings: settings)
    }

    // MARK: Changing

    /// Puts a whole document in place of the stored one.
    func replace(by root: JSONObject) async throws(ConfigChangeError) -> ConfigChange {
        try await change { (old) throws(ConfigFault) in
            try ConfigDocument(replacing: old, by: root, overrides: settings.overrides)
        }
    }

    /// Applies a merge patch to the stored document.
    func merge(_ patch: JSONObject) async throws(ConfigChangeError) -> ConfigChange {
        try await change { (old) throws(ConfigFault) in
            // What only the environment sets is not missing.
            var base = JSONValue.object(old.root)
            for (path, value) in settings.overrides where base[path: path] == nil { base[path: path] = value }
            let merged = MergePatch.apply(patch, to: base.object ?? [:])
            return try ConfigDocument(replacing: old, by: merged, overrides: settings.overrides)
        }
    }

    /// Serves AI requests from now on, or refuses them; the next start of the process does the same.
    func setRunning(_ isRunning: Bool) async throws(ConfigChangeError) {
        guard self.isRunning != isRunning || current.startsEnabled != isRunning else { return }
        _ = try await change(
            { (old) throws(ConfigFault) in old.setting(Self.autoStart, to: .bool(isRunning)) },
            onceStored: { self.isRunning = isRunning })
    }

    /// A tunnel is about to lead here, or none does any more: in force, for the workers too, when this returns.
    func setTunnelOpen(_ isOpen: Bool) async {
        guard isTunnelOpen != isOpen else { return }
        isTunnelOpen = isOpen
        await onChange?()
    }

    /// A tunnel of the process before may lead here: known before anything is in force.
    func expectTunnel() { isTunnelOpen = true }

    /// Stores whether a tunnel is wanted and, unless nil, which one; members that only later versions know stay.
    func rememberTunnel(_ wish: JSONObject?, isEnabled: Bool) async throws(ConfigChangeError) {
        _ = try await change { (old) throws(ConfigFault) in
            var members = old.root[TunnelWish.member]?.object ?? [:]
            members["enabled"] = .bool(isEnabled)
            for (name, value) in wish?.members ?? [] { members[name] = value }
            return try ConfigDocument(stored: old.setting(TunnelWish.member, to: .object(members)).root)
        }
    }

    /// Changes one member.
    func set(_ path: String, to value: JSONValue) async throws(ConfigChangeError) {
        _ = try await change { (old) throws(ConfigFault) in
            try ConfigDocument(stored: old.setting(path, to: value).root)
        }
    }

    /// Lets `store` write a change that takes accounts away; if one of them is the preferred one, the document without the
    /// preference is written in the same transaction and then counts.
    func withoutPreference<T>(
        for ids: Set<String>, store: (AccountStore.Alongside) async throws(StorageError) -> T
    ) async throws(StorageError) -> T {
        try await turnstile.pass { () async throws(StorageError) in
            guard let preferred = preferredAccount, ids.contains(preferred) else {
                return try await store { _ throws(StorageError) in }
            }
            let new = document.setting(Self.preferredAccount, to: .null)
            let row = ConfigTable.Row(revision: revision + 1, document: new.root)
            let result = try await store { (connection) throws(StorageError) in
                try ConfigTable.save(row, to: connection)
            }
            document = new
            revision = row.revision
            current = Configuration(document: new, settings: settings)
            await onChange?()
            return result
        }
    }

    /// Clears a preference that has outlived its account.
    func forgetUnknownPreference() async {
        guard let isAccount, let id = document.preferredAccount, !isAccount(id) else { return }
        do throws(ConfigChangeError) {
            try await set(Self.preferredAccount, to: .null)
        } catch {
            Log.warning("preference-not-cleared", "the preferred account is not there", ["reason": "\(error)"])
        }
    }

    /// The account that serves everything it can; nil if there is none.
    var preferredAccount: String? { current.scheduling.preferredAccount }

    nonisolated static let preferredAccount = "proxy.preferred_account_id"
    private static let autoStart = "proxy.auto_start"

    /// Check, store, put into force, publish, in this order; one change at a time.
    private func change(
        _ make: (ConfigDocument) throws(ConfigFault) -> ConfigDocument, onceStored: () -> Void = {}
    ) async throws(ConfigChangeError) -> ConfigChange {
        try await turnstile.pass { () async throws(ConfigChangeError) in
            let new: ConfigDocument
            do throws(ConfigFault) { new = try withoutUnknownPreference(make(document)) } catch { throw .fault(error) }
            do throws(StorageError) { try await save(new) } catch { throw .storage(error) }
            current = Configuration(document: new, settings: settings)
            onceStored()
            Log.notice("configuration-changed", "configuration stored and in force", ["revision": revision])
            await onChange?()
            let stored = JSONValue.object(new.root)
            return ConfigChange(
                restartRequired: restartRequired,
                overriddenByEnvironment: paths { path in
                    guard let value = settings.overrides[path] else { return false }
                    return stored[path: path] != nil && stored[path: path] != value
                })
        }
    }

    /// - Throws: for a preferred account that is not there and was not the preferred one before. A preference that has outlived
    ///   its account is cleared.
    private func withoutUnknownPreference(_ new: ConfigDocument) throws(ConfigFault) -> ConfigDocument {
        guard let isAccount, let id = new.preferredAccount, !isAccount(id) else { return new }
        guard document.preferredAccount == id else {
            throw .bad(path: Self.preferredAccount, complaint: "names no account")
        }
        return new.setting(Self.preferredAccount, to: .null)
    }

    private func save(_ new: ConfigDocument) async throws(StorageError) {
        let row = ConfigTable.Row(revision: revision + 1, document: new.root)
        try await database.change { (connection) throws(StorageError) in try ConfigTable.save(row, to: connection) }
        document = new
        revision = row.revision
    }

    private func paths(where isIncluded: (String) -> Bool) -> [String] {
        SettingsTable.members.compactMap(\.member).filter(isIncluded)
    }

    private static func reread(_ root: JSONObject) throws(StartupError) -> ConfigDocument {
        do throws(ConfigFault) {
            return try ConfigDocument(stored: root)
        } catch {
            switch error {
            case .bad(let path, let complaint): throw .settings(.badMember(path: path, complaint: complaint))
            case .missing(let paths): throw .settings(.badMember(path: paths.first ?? "", complaint: "is missing"))
            }
        }
    }

    private static let ownUserAgent = "antigravity-gateway/\(ProductVersion.text) linux/\(architecture)"

    private static var architecture: String {
        #if arch(arm64)
            "arm64"
        #else
            "amd64"
        #endif
    }

    /// `sk-` and a random UUID without dashes.
    static func newKey() -> String { "sk-" + RandomID.uuid().filter { $0 != "-" } }
}

nonisolated extension ConfigDocument {
    /// The id of the preferred account as it is stored; nil if there is none.
    fileprivate var preferredAccount: String? {
        guard let id = JSONValue.object(root)[path: ConfigStore.preferredAccount]?.string, !id.isEmpty else {
            return nil
        }
        return id
    }
}
