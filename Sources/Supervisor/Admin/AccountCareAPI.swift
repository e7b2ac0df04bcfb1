import JSON
import Platform

/// `/api/accounts`: what the operator does with accounts that are there.
final class AccountCareAPI {
    private let store: AccountStore
    private let removal: AccountRemoval
    private let switching: AccountSwitch

    /// Ids in one request.
    nonisolated static let idsMax = 10_000

    init(store: AccountStore, removal: AccountRemoval, switching: AccountSwitch) {
        self.store = store
        self.removal = removal
        self.switching = switching
    }

    /// `DELETE /api/accounts/:id`
    func remove(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let id = try request.id("id")
        guard try await remove([id]) == [id] else { throw .noAccount(id) }
        return AdminAnswer(status: 204, body: [])
    }

    /// `POST /api/accounts/bulk-delete`: all in one transaction.
    func removeAll(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let ids = try request.texts("accountIds", countMax: Self.idsMax)
        let removed = try await remove(ids)
        var seen = Set(removed)
        let missing = ids.filter { seen.insert($0).inserted }
        return .json([
            "success": true, "deleted": .int(removed.count), "not_found": .array(missing.map { .string($0) }),
        ])
    }

    /// `POST /api/accounts/reorder`
    func reorder(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let ids = try request.texts("accountIds", countMax: Self.idsMax)
        do throws(StorageError) { try await store.reorder(ids) } catch { throw .storage(error) }
        return .json(["success": true])
    }

    /// `POST /api/accounts/switch`: makes another account the current one.
    func switchCurrent(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        guard let id = try request.text("accountId", length: 1...256) else { throw .field("accountId", "is missing") }
        do throws(AccountSwitch.Failure) { try await switching.run(to: id) } catch { throw Self.error(error, id) }
        return .json(["success": true, "current_account_id": .string(id)])
    }

    /// `POST /api/accounts/:id/toggle-proxy`: takes the account out of AI traffic or back into it; without `enable` the
    /// other way round.
    func toggleProxy(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let id = try request.id("id")
        let wish = try request.flag("enable")
        let reason = try request.text("reason", length: 0...800)
        let now = WallClock.unixSeconds
        let changed: Account?
        do throws(StorageError) {
            changed = try await store.change(id) { account in
                let isOn = wish ?? (account.proxyDisabled != nil)
                account.proxyDisabled = isOn ? nil : Account.Disabling(reason: reason, at: now)
            }
        } catch { throw .storage(error) }
        guard let changed else { throw .noAccount(id) }
        return .json(["success": true, "proxy_disabled": .bool(changed.proxyDisabled != nil)])
    }

    private func remove(_ ids: [String]) async throws(AdminError) -> [String] {
        do throws(StorageError) { return try await removal.remove(ids) } catch { throw .storage(error) }
    }

    private static func error(_ failure: AccountSwitch.Failure, _ id: String) -> AdminError {
        switch failure {
        case .unknown: .noAccount(id)
        case .underWay: AdminError(.switchInProgress, "Another switch is under way.")
        case .reauthorisation: .reauthorisation(id)
        case .client(let what): .client(what)
        case .upstream: AdminError(.upstreamError, "Google's token service could not be asked.")
        case .storage(let error): .storage(error)
        }
    }
}

nonisolated extension AdminError {
    /// The stored credentials of an account are dead.
    static func reauthorisation(_ id: String) -> AdminError {
        AdminError(
            .reauthRequired, "Google refuses the account's refresh token; its owner has to sign in again.",
            details: ["account_id": .string(id)])
    }

    static func client(_ what: String) -> AdminError {
        AdminError(
            .stateUnavailable,
            "The OAuth client cannot be used (ANTIGRAVITY_OAUTH_CLIENT_ID and ANTIGRAVITY_OAUTH_CLIENT_SECRET): \(what)."
        )
    }
}
