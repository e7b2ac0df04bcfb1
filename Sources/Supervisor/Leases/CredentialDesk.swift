import IPC
import Platform
import Scheduling

/// Gets what a lease needs to speak for its account: a token that lives, or a project that exists.
final class CredentialDesk {
    /// What the worker may use; `generation` tells which token of the account it is.
    struct Credential: Sendable, Equatable {
        let terms: AccountTerms
        let generation: Int
    }

    /// What the configuration says of it.
    struct Terms: Equatable {
        /// Whether answers may name the account.
        var exposesAccount = false
        /// The proxy that attempts go through.
        var egressProxy: String?
    }

    var terms = Terms() { didSet { if terms != oldValue { ready = [] } } }
    /// Made credentials by the place of their account, for as long as nothing of any account changes.
    private var ready: [Ready?] = []
    private var readyRevision = 0

    private struct Ready {
        let account: String
        let credential: Credential
        /// Nil for an API key.
        let expiresAt: Int?
        /// When the keeper of tokens last heard of it.
        var wantedAt: MonotonicInstant?
    }

    /// The keeper of tokens hears of an account in use so often.
    static let wantedInterval = Duration.seconds(10)

    private let store: AccountStore
    private let tokens: TokenKeeper
    private let projects: ProjectFinder
    private var projectsAskedAt: [String: MonotonicInstant] = [:]

    /// A refused project is asked for anew at most once in this time.
    static let projectAskInterval = Duration.seconds(3600)

    init(store: AccountStore, tokens: TokenKeeper, projects: ProjectFinder) {
        self.store = store
        self.tokens = tokens
        self.projects = projects
    }

    /// The credential if it is at hand, without waiting for anything: the way of nearly every lease.
    func credentialAtHand(_ lease: Lease) -> Credential? {
        guard case .fresh = lease.credential, prepare(lease), let ready = ready[lease.place] else { return nil }
        guard let expiresAt = ready.expiresAt else { return ready.credential }
        guard AccountToken.isFresh(expiresAt, now: WallClock.unixSeconds) else { return nil }
        noteWanted(lease.place, ready)
        return ready.credential
    }

    private func noteWanted(_ place: Int, _ known: Ready) {
        let now = EventLoop.now
        if let last = known.wantedAt, now - last < Self.wantedInterval { return }
        tokens.noteWanted(known.account)
        ready[place]?.wantedAt = now
    }

    /// Sees to it that the credential of the lease's account is made.
    /// - Returns: false if the account has none.
    private func prepare(_ lease: Lease) -> Bool {
        if readyRevision != store.revision {
            ready = []
            readyRevision = store.revision
        }
        if lease.place < ready.count, let known = ready[lease.place], known.account == lease.account { return true }
        guard let account = store[lease.account], let secret = account.apiKey ?? account.token?.accessToken else {
            return false
        }
        while ready.count <= lease.place { ready.append(nil) }
        let expiresAt = account.apiKey == nil ? account.token?.expiresAt : nil
        ready[lease.place] = Ready(
            account: account.id, credential: credential(account, secret, expiresAt), expiresAt: expiresAt)
        return true
    }

    /// The credential the lease demands, waiting for a refresh or a project if need be.
    ///
    /// - Parameter refusedGeneration: the token that the lease before was refused with.
    /// - Returns: or, as a class of the scheduler, why the account cannot be spoken for.
    func credential(_ lease: Lease, refusedGeneration: Int?) async -> Result<Credential, AttemptFailure> {
        guard let account = store[lease.account] else { return .failure(AttemptFailure(.forbidden)) }
        if let key = account.apiKey { return .success(credential(account, key, nil)) }
        let answer: TokenKeeper.Answer =
            if case .refreshedAfter = lease.credential, let refusedGeneration {
                await tokens.token(for: account.id, after: refusedGeneration)
            } else {
                await tokens.token(for: account.id)
            }
        let token: AccountToken
        switch answer {
        case .success(let fresh): token = fresh
        case .failure(.transient): return .failure(AttemptFailure(.refreshTransient))
        case .failure(.configuration): return .failure(AttemptFailure(.clientRefused))
        case .failure(.invalidGrant), .failure(.gone): return .failure(AttemptFailure(.invalidGrant))
        }
        if lease.credential == .newProject { await findProject(account.id, token) }
        guard let account = store[lease.account] else { return .failure(AttemptFailure(.forbidden)) }
        return .success(credential(account, token.accessToken, token.expiresAt))
    }

    /// Why a credential is not to be had, in the scheduler's classes.
    struct AttemptFailure: Error, Sendable, Equatable {
        let attemptClass: AttemptClass
        init(_ attemptClass: AttemptClass) { self.attemptClass = attemptClass }
    }

    private func findProject(_ id: String, _ token: AccountToken) async {
        if let asked = projectsAskedAt[id], MonotonicInstant.now - asked < Self.projectAskInterval { return }
        projectsAskedAt[id] = .now
        let finding = await projects.find(id, accessToken: token.accessToken)
        guard finding.isAnswered else { return }
        await store.apply(id) { $0.projectID = finding.project }
    }

    private func credential(_ account: Account, _ secret: String, _ expiresAt: Int?) -> Credential {
        Credential(
            terms: AccountTerms(
                id: account.id, label: terms.exposesAccount ? account.email : nil,
                kind: account.kind == .codeAssist ? .codeAssist : .geminiKey, credential: Secret(secret),
                tokenExpiresAtUnixMilliseconds: expiresAt.map { UInt64(max(0, $0)) * 1000 },
                projectID: account.projectID, tier: account.quota?.subscriptionTier, egressProxy: terms.egressProxy),
            generation: tokens.generation(account.id))
    }
}
