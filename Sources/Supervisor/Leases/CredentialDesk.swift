import Platform
import Scheduling

/// Gets what a lease needs to speak for its account: a token that lives, or a project that exists.
final class CredentialDesk {
    /// What the worker may use; `generation` tells which token of the account it is.
    struct Credential: Sendable, Equatable {
        let account: Account
        let secret: String
        let expiresAt: Int?
        let generation: Int
    }

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
        guard lease.credential == .fresh, let account = store[lease.account] else { return nil }
        if let key = account.apiKey { return credential(account, key, nil) }
        guard let token = account.token, token.isFresh(now: WallClock.unixSeconds) else { return nil }
        tokens.noteWanted(account.id)
        return credential(account, token.accessToken, token.expiresAt)
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
        case .failure(.invalidGrant), .failure(.gone), .failure(.configuration):
            return .failure(AttemptFailure(.invalidGrant))
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
            account: account, secret: secret, expiresAt: expiresAt, generation: tokens.generation(account.id))
    }
}
