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
    private let flights = SingleFlight<String, Answer>()
    private(set) var models = ModelTable()
    /// Called when a read changed the model table.
    var onModelsChange: (() -> Void)?

    /// The operator's protection of what is left, applied to every record that is read.
    var protection = ProtectedModels()

    /// Why nothing was learnt; the old record stands.
    nonisolated enum Failure: Error, Sendable, Equatable {
        /// The account is not there any more, or of a kind without quota.
        case gone
        /// Its refresh token is refused.
        case reauthorisation
        /// The OAuth client is missing or refused.
        case client(String)
        /// Google answers wrongly, with this status; 0: not at all.
        case upstream(status: Int)
        case timeout
    }
    typealias Answer = Result<QuotaRecord, Failure>

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

    /// One read, stored with the account; simultaneous ones of the same account are one.
    func fetch(_ id: String) async -> Answer {
        await flights.value(for: id) { [self] in await ask(id) }
    }

    /// Whether Google serves the account: what an account that was refused is looked at with.
    ///
    /// - Returns: `success`, the class of the refusal, or `network` if Google could not be asked.
    func probe(_ id: String) async -> AttemptClass {
        switch await fetch(id) {
        case .success(let record): record.isForbidden ? .forbidden : .success
        case .failure(.upstream(status: 401)): .auth
        // A refusal for good is a record; what else is refused is the owner's to confirm.
        case .failure(.upstream(status: 403)): .validation
        case .failure: .network
        }
    }

    /// As `fetch`, for whoever only wants to know whether Google answered.
    func read(_ id: String) async -> Bool {
        if case .success = await fetch(id) { true } else { false }
    }

    /// As `read`, for whoever waits no longer than `limit`; the read itself goes on.
    func read(_ id: String, within limit: Duration) async -> Bool {
        if case .success? = await flights.value(for: id, within: limit, { [self] in await ask(id) }) {
            true
        } else {
            false
        }
    }

    /// Applies other wishes for protection, to what is stored as well: what is shown and what the scheduler does go together.
    func protect(_ wishes: ProtectedModels) async {
        guard wishes != protection else { return }
        protection = wishes
        for account in store.accounts { await store.apply(account.id) { wishes.apply(to: &$0) } }
    }

    private func ask(_ id: String) async -> Answer {
        guard store[id]?.kind == .codeAssist else { return .failure(.gone) }
        let answer = await question(id)
        if case .failure(let failure) = answer, failure != .gone {
            Log.warning(
                "quota-not-read", "the quota of an account could not be read",
                ["account": String(id.prefix(8)), "reason": "\(failure)"])
        }
        return answer
    }

    private func question(_ id: String) async -> Answer {
        var token: AccountToken
        switch await tokens.token(for: id) {
        case .success(let found): token = found
        case .failure(let refusal): return .failure(Failure(refusal))
        }
        await findName(id, token)
        let finding = await projects.find(id, accessToken: token.accessToken)
        if let project = finding.project { await store.apply(id) { $0.projectID = project } }
        var project = store[id]?.projectID
        var mayRefresh = true
        var last = GoogleReply(status: 0, body: [], retryAfter: nil, isTimeout: false)
        for attempt in 1...Self.tryCountMax {
            let generation = tokens.generation(id)
            last = await calls.codeAssist(
                FetchAvailableModels.method, FetchAvailableModels.encode(project: project),
                accessToken: token.accessToken)
            if let document = last.document {
                return await take(FetchAvailableModels.decode(document), id, finding.tier)
            }
            switch last.status {
            // An owner who has something to confirm is not refused for good.
            case 403 where Self.asksOwner(last): return .failure(.upstream(status: 403))
            case 403 where project != nil: project = nil
            case 403: return await store(.forbidden(tier: finding.tier ?? store[id]?.quota?.subscriptionTier), id)
            case 401 where mayRefresh:
                mayRefresh = false
                switch await tokens.token(for: id, after: generation) {
                case .success(let new): token = new
                case .failure(let refusal): return .failure(Failure(refusal))
                }
            default:
                // Only cancellation throws, and nobody cancels a flight.
                if attempt < Self.tryCountMax { try? await Task.sleep(for: Self.pause) }
            }
        }
        return .failure(last.isTimeout ? .timeout : .upstream(status: last.status))
    }

    private static func asksOwner(_ reply: GoogleReply) -> Bool {
        let said = classify(
            phase: .answer, status: reply.status, retryAfterHeader: reply.retryAfter, body: reply.body,
            now: WallClock.unixMilliseconds)
        return said.outcome == .validation
    }

    /// An account that was added while Google did not say its owner's name gets it now.
    private func findName(_ id: String, _ token: AccountToken) async {
        guard let account = store[id], account.name?.trimmed.isEmpty ?? true else { return }
        let reply = await calls.userinfo(accessToken: token.accessToken)
        guard let name = reply.document.flatMap({ UserInfo($0) })?.personName else { return }
        await store.apply(id) { $0.name = name }
    }

    private func take(_ answer: AvailableModels, _ id: String, _ tier: String?) async -> Answer {
        let before = models
        models.learn(answer)
        if models != before { onModelsChange?() }
        return await store(QuotaRecord(answer, tier: tier ?? store[id]?.quota?.subscriptionTier), id)
    }

    /// Stores a record together with what the operator's protection makes of it.
    private func store(_ record: QuotaRecord, _ id: String) async -> Answer {
        await store.apply(id) { account in
            account.quota = record
            protection.apply(to: &account)
        }
        return .success(record)
    }
}

nonisolated extension QuotaReader.Failure {
    init(_ refusal: TokenKeeper.Refusal) {
        self =
            switch refusal {
            case .gone: .gone
            case .invalidGrant: .reauthorisation
            case .configuration(let what): .client(what)
            case .transient: .upstream(status: 0)
            }
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
