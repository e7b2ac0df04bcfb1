import GoogleAPI
import Platform
import Scheduling

/// Asks Google what an account may use and how much of it is left, stores the answer with the account and learns the
/// models from it.
final class QuotaReader {
    private let store: AccountStore
    private let calls: GoogleCalls
    private let tokens: TokenKeeper
    private let projects: ProjectFinder
    private let flights = SingleFlight<String, Bool>()
    private(set) var models = ModelTable()
    /// Called when a read changed the model table.
    var onModelsChange: (() -> Void)?

    /// Tries of one read, and the pause between them.
    static let tryCountMax = 3
    static let pause = Duration.seconds(1)

    init(store: AccountStore, calls: GoogleCalls, tokens: TokenKeeper, projects: ProjectFinder) {
        self.store = store
        self.calls = calls
        self.tokens = tokens
        self.projects = projects
        for account in store.accounts { account.quota.map { models.learn($0) } }
    }

    /// One read; simultaneous ones of the same account are one. False: nothing was learnt, the old record stands.
    func read(_ id: String) async -> Bool {
        await flights.value(for: id) { [self] in await ask(id) }
    }

    /// As `read`, for whoever waits no longer than `limit`; the read itself goes on.
    func read(_ id: String, within limit: Duration) async -> Bool {
        await flights.value(for: id, within: limit) { [self] in await ask(id) } ?? false
    }

    private func ask(_ id: String) async -> Bool {
        guard store[id]?.kind == .codeAssist, case .success(var token) = await tokens.token(for: id) else {
            return false
        }
        let finding = await projects.find(id, accessToken: token.accessToken)
        if let project = finding.project { await store.apply(id) { $0.projectID = project } }
        var project = store[id]?.projectID
        var mayRefresh = true
        for attempt in 1...Self.tryCountMax {
            let generation = tokens.generation(id)
            let reply = await calls.codeAssist(
                FetchAvailableModels.method, FetchAvailableModels.encode(project: project),
                accessToken: token.accessToken)
            if let document = reply.document {
                await take(FetchAvailableModels.decode(document), id, finding.tier)
                return true
            }
            switch reply.status {
            case 403 where project != nil: project = nil
            case 403:
                await store.apply(id) { $0.quota = .forbidden(tier: finding.tier ?? $0.quota?.subscriptionTier) }
                return true
            case 401 where mayRefresh:
                mayRefresh = false
                guard case .success(let new) = await tokens.token(for: id, after: generation) else { return false }
                token = new
            default:
                // Only cancellation throws, and nobody cancels a flight.
                if attempt < Self.tryCountMax { try? await Task.sleep(for: Self.pause) }
            }
        }
        Log.warning("quota-not-read", "the quota of an account could not be read", ["account": String(id.prefix(8))])
        return false
    }

    private func take(_ answer: AvailableModels, _ id: String, _ tier: String?) async {
        await store.apply(id) { $0.quota = QuotaRecord(answer, tier: tier ?? $0.quota?.subscriptionTier) }
        let before = models
        models.learn(answer)
        if models != before { onModelsChange?() }
    }
}

nonisolated extension QuotaRecord {
    /// Models without a stated quota are left out: nothing is known of what remains.
    init(_ answer: AvailableModels, tier: String?) {
        models = answer.models.compactMap { model in
            model.quota.map {
                Model(name: model.id, percentage: $0.percentage, resetTime: $0.resetTime ?? "")
            }
        }
        lastUpdated = WallClock.unixSeconds
        isForbidden = false
        subscriptionTier = tier
    }

    /// What stands after Google refused the service to the mailbox.
    static func forbidden(tier: String?) -> QuotaRecord {
        QuotaRecord(models: [], lastUpdated: WallClock.unixSeconds, isForbidden: true, subscriptionTier: tier)
    }
}
