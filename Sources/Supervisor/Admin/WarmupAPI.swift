import JSON
import Scheduling

/// `/api/accounts`: beginning quota windows. Answers are sentences for people; the requests go on behind them.
final class WarmupAPI {
    private let store: AccountStore
    private let quota: QuotaReader
    private let warmup: QuotaWarmup

    init(store: AccountStore, quota: QuotaReader, warmup: QuotaWarmup) {
        self.store = store
        self.quota = quota
        self.warmup = warmup
    }

    /// `POST /api/accounts/warmup`
    func all(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let text =
            switch await warmup.runAll() {
            case .noAccounts: "No accounts available"
            case .nothing: "No models need warmup"
            case .allDone(let count): "All models are in 4-hour cooldown, skipped \(count) items"
            case .models(let count): "Warmup task triggered for \(count) models"
            }
        return .json(.string(text))
    }

    /// `POST /api/accounts/:id/warmup`
    func one(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let id = try request.id("id")
        guard let account = store[id] else { throw .noAccount(id) }
        if account.kind == .codeAssist, case .failure(let failure) = await quota.fetch(id) {
            throw .quota(failure, id)
        }
        guard let account = store[id] else { throw .noAccount(id) }
        switch await warmup.run(account) {
        case .models(let count): return .json(.string("Successfully triggered warmup for \(count) model series"))
        case .noAccounts, .nothing, .allDone: return .json("No warmup needed")
        }
    }
}
