import JSON
import Scheduling

/// `/api/accounts`: what is left of the accounts' quota.
final class QuotaAPI {
    private let store: AccountStore
    private let quota: QuotaReader
    private let refresh: QuotaRefresh

    init(store: AccountStore, quota: QuotaReader, refresh: QuotaRefresh) {
        self.store = store
        self.quota = quota
        self.refresh = refresh
    }

    /// `POST /api/accounts/refresh`: reads the quota of all accounts and answers when all are done.
    func refreshAll(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let summary = await refresh.run(includingForbidden: try request.queryFlag("include_forbidden"))
        return .json([
            "total": .int(summary.total), "success": .int(summary.success), "failed": .int(summary.failures.count),
            "details": .array(summary.failures.map { .string($0) }),
        ])
    }

    /// `GET /api/accounts/:id/quota`: reads the quota now; with `?cached=true` the stored record without asking anybody.
    func read(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let id = try request.id("id")
        let isCached = try request.queryFlag("cached")
        guard let account = store[id] else { throw .noAccount(id) }
        // An API key has no quota that could be read.
        guard !isCached, account.kind == .codeAssist else { return .json(account.quota?.json ?? .null) }
        switch await quota.fetch(id) {
        case .success(let record): return .json(record.json)
        case .failure(let failure): throw .quota(failure, id)
        }
    }

}

nonisolated extension AdminError {
    /// Why an account's quota could not be read.
    static func quota(_ failure: QuotaReader.Failure, _ id: String) -> AdminError {
        switch failure {
        case .gone: .noAccount(id)
        case .reauthorisation: .reauthorisation(id)
        case .client(let what): .client(what)
        case .upstream: AdminError(.upstreamError, failure.text)
        case .timeout: AdminError(.upstreamTimeout, failure.text)
        }
    }
}
