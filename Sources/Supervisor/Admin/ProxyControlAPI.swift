import JSON
import Scheduling

/// `/api/proxy`: starting and stopping AI service, and what the operator prefers.
final class ProxyControlAPI {
    private let config: ConfigStore
    private let store: AccountStore
    private let leases: LeaseDesk

    init(config: ConfigStore, store: AccountStore, leases: LeaseDesk) {
        self.config = config
        self.store = store
        self.leases = leases
    }

    /// `POST /api/proxy/start`: the body counts for nothing.
    func start(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        try await change { () async throws(ConfigChangeError) in try await config.setRunning(true) }
        leases.accountsChanged()
        return .json(["success": true, "running": true, "active_accounts": .int(store.pooledCount)])
    }

    /// `POST /api/proxy/stop`: from now on AI requests are refused; those under way are finished.
    func stop(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        try await change { () async throws(ConfigChangeError) in try await config.setRunning(false) }
        return .json(["success": true, "running": false])
    }

    /// `POST /api/proxy/mapping`: puts another mapping in place of the stored one.
    func replaceMapping(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let member = "custom_mapping"
        let inner = request.body["config"]
        guard let mapping = inner?[member] ?? inner?["customMapping"] ?? request["customMapping"] else {
            throw .field(inner == nil ? member : "config.\(member)", "is missing")
        }
        try await change { () async throws(ConfigChangeError) in try await config.set("proxy.\(member)", to: mapping) }
        return .json(["success": true, "count": .int(mapping.object?.count ?? 0)])
    }

    /// `POST /api/proxy/api-key/generate`: a new key, which counts once it is stored by `POST /api/config`.
    func makeKey(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        .json(.string(ConfigStore.newKey()))
    }

    /// `POST /api/proxy/session-bindings/clear`: lets every conversation choose its account anew.
    func clearBindings(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let count = leases.totals.bindings
        leases.tell(.bindingsCleared)
        return .json(["success": true, "cleared": .int(count)])
    }

    /// `GET /api/proxy/preferred-account`
    func preferredAccount(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        .json(config.preferredAccount.flatMap { store[$0] }.map { .string($0.id) } ?? .null)
    }

    /// `POST /api/proxy/preferred-account`: null or no `accountId` for none.
    func prefer(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let id = try request.text("accountId", length: 1...256)
        do throws(ConfigChangeError) {
            try await config.set(ConfigStore.preferredAccount, to: id.map { .string($0) } ?? .null)
        } catch {
            if let id, case .fault(.bad(ConfigStore.preferredAccount, _)) = error { throw .noAccount(id) }
            throw .config(error)
        }
        return .json(["success": true, "account_id": id.map { .string($0) } ?? .null])
    }

    private func change(_ change: () async throws(ConfigChangeError) -> Void) async throws(AdminError) {
        do throws(ConfigChangeError) { try await change() } catch { throw .config(error) }
    }
}
