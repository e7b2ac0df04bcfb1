import JSON
import Scheduling

/// `/api/accounts`.
final class AccountsAPI {
    private let store: AccountStore
    private let adder: AccountAdder
    private let leases: LeaseDesk

    init(store: AccountStore, adder: AccountAdder, leases: LeaseDesk) {
        self.store = store
        self.adder = adder
        self.leases = leases
    }

    /// The accounts as they are shown, with what the scheduler knows.
    func answer(_ account: Account, isCurrent: Bool) -> JSONValue {
        let view = leases.views.first { $0.id == account.id }
        return AccountAnswer.json(account, isCurrent: isCurrent, view: view)
    }

    /// An account whose owner has just proved that it works.
    func answer(added account: Account) -> JSONValue {
        leases.tell(.reactivated(account: account.id))
        return answer(account, isCurrent: store.currentID == account.id)
    }

    /// `GET /api/accounts`
    func list(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let current = await store.current()?.id
        let views = Dictionary(leases.views.map { ($0.id, $0) }) { first, _ in first }
        return .json([
            "accounts": .array(
                store.accounts.map { AccountAnswer.json($0, isCurrent: $0.id == current, view: views[$0.id]) }),
            "current_account_id": current.map { .string($0) } ?? .null,
        ])
    }

    /// `GET /api/accounts/current`
    func current(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        .json(await store.current().map { answer($0, isCurrent: true) } ?? .null)
    }

    /// `GET /api/accounts/:id`
    func get(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let id = try request.id("id")
        guard let account = store[id] else { throw .noAccount(id) }
        return .json(answer(account, isCurrent: await store.current()?.id == id))
    }

    /// `POST /api/accounts/limits/clear`: ends the locks of one account, or of all.
    func clearLimits(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let id = try request.text("accountId", length: 1...64)
        if let id, store[id] == nil { throw .noAccount(id) }
        leases.tell(.limitsCleared(account: id))
        return .json(["success": true])
    }

    /// `POST /api/accounts`: a refresh token, or an API key with a label.
    func add(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let refreshToken = try request.text("refreshToken", length: 1...4096)
        let apiKey = try request.text("apiKey", length: 1...256)
        let answer: AccountAdder.Answer
        switch (refreshToken, apiKey) {
        case (let refreshToken?, nil): answer = await adder.add(refreshToken: refreshToken)
        case (nil, let apiKey?):
            // It is sent in a header field as it stands.
            guard apiKey.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw .field("apiKey", "is printable ASCII without blanks")
            }
            guard let label = try request.text("label", length: 1...256) else {
                throw .field("label", "is missing")
            }
            answer = await adder.add(apiKey: apiKey, label: label)
        case (nil, nil): throw .field("refreshToken", "is missing")
        case (_?, _?): throw .field("apiKey", "must not stand beside refreshToken")
        }
        switch answer {
        case .success(let account): return .json(self.answer(added: account))
        case .failure(let failure): throw .adding(failure)
        }
    }
}
