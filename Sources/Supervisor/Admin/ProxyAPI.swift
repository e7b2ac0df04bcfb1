import JSON
import Platform
import Scheduling

/// `/api/proxy`: the service itself.
final class ProxyAPI {
    private let config: ConfigStore
    private let store: AccountStore
    private let facts: ServiceFacts
    private let leases: LeaseDesk
    private let startedAt = MonotonicInstant.now

    init(config: ConfigStore, store: AccountStore, facts: ServiceFacts, leases: LeaseDesk) {
        self.config = config
        self.store = store
        self.facts = facts
        self.leases = leases
    }

    /// `GET /api/proxy/status`
    func status(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let port = facts.listener.port
        let baseURL = JSONValue.string(facts.baseURL)
        return .json([
            "running": .bool(config.isRunning), "port": .int(port), "base_url": baseURL,
            "url": baseURL, "active_accounts": .int(store.pooledCount), "version": .string(ProductVersion.text),
            "uptime_seconds": .int(Int((MonotonicInstant.now - startedAt).components.seconds)),
            "auth_mode": .string(config.current.authMode.rawValue),
            "effective_auth_mode": .string(config.effectiveAuthMode.rawValue),
            "env_overrides": .array(config.environmentOverrides.map { .string($0) }),
            "restart_required": .array(config.restartRequired.map { .string($0) }),
            "logging_enabled": .bool(config.current.recordsRequests),
            "scheduling": pool, "storage": storage,
            "workers": .array((facts.workers?.statuses ?? []).map(Self.json)),
        ])
    }

    /// `POST /api/proxy/workers/restart`: answers when the first new worker is ready.
    func restartWorkers(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        guard let workers = facts.workers else {
            throw AdminError(.stateUnavailable, "The workers have not been started yet.")
        }
        do throws(WorkerRestartError) {
            try await workers.restartAll()
        } catch {
            throw Self.error(error)
        }
        return .json(["success": true, "workers": .array(workers.statuses.map(Self.json))])
    }

    /// `POST /api/proxy/reload`: what SIGHUP does, with an answer.
    func reload(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        guard let reload = facts.reload else {
            throw AdminError(.stateUnavailable, "The workers have not been started yet.")
        }
        do {
            try await reload()
        } catch let error as WorkerRestartError {
            throw Self.error(error)
        } catch {
            throw AdminError(.internalError, "Nothing was changed: \(error)")
        }
        return .json(["success": true])
    }

    private var pool: JSONValue {
        let totals = leases.totals
        return [
            "leases": .int(totals.leases), "waiting": .int(totals.waiters), "bindings": .int(totals.bindings),
            "quarantined": .int(totals.quarantined),
        ]
    }

    private var storage: JSONValue {
        let storage = facts.storage()
        return [
            "full": .bool(storage.isFull),
            "restored_from": storage.restoredFrom.map { .string(Self.fileName($0)) } ?? .null,
            "telemetry_emptied": .bool(storage.isTelemetryEmptied),
        ]
    }

    private static func fileName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    private static func error(_ error: WorkerRestartError) -> AdminError {
        switch error {
        case .executable(let path, let error):
            AdminError(.internalError, "The worker's executable \(path) cannot be opened: \(error).")
        case .notReady: AdminError(.internalError, "The first new worker did not get ready; nothing was changed.")
        case .stopping: AdminError(.stateUnavailable, "The service is stopping.")
        }
    }

    private static func json(_ worker: WorkerStatus) -> JSONValue {
        [
            "id": .int(worker.id), "pid": .int(worker.pid), "state": .string(worker.state.rawValue),
            "started_at": .int(worker.startedAt), "restarts": .int(worker.restarts),
            "active_requests": .int(worker.activeRequests), "resident_bytes": .int(worker.residentBytes),
            "confinement_level": .int(worker.confinementLevel),
        ]
    }
}
