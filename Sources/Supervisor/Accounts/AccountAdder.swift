import GoogleAPI
import JSON
import Platform
import Scheduling

/// Adds an account from what the operator gives: asks Google whose it is, stores it, then reads its quota. Nothing is
/// stored when Google refuses.
final class AccountAdder {
    enum Failure: Error, Sendable, Equatable {
        /// The OAuth client is not set.
        case clientMissing
        /// Google refuses the OAuth client.
        case clientRefused(String)
        /// Google refuses the refresh token that was given.
        case invalidGrant(code: String, text: String)
        /// Google took the code of a login and gave no refresh token for it.
        case noRefreshToken
        case upstream(String)
        case timeout
        /// The API key is refused.
        case keyRefused
        /// An account of another kind has this name.
        case nameTaken
        /// No room for another account.
        case tooMany
        case storage(StorageError)
    }
    typealias Answer = Result<Account, Failure>

    private let store: AccountStore
    private let calls: GoogleCalls
    private let projects: ProjectFinder
    private let quota: QuotaReader
    /// The operator's OAuth client; nil while it is not set.
    var client: OAuthClient?
    /// The settings of the OAuth client that are not set, by the names of their variables.
    var missingSettings: [String] = []
    private let flights = SingleFlight<String, Answer>()

    /// Whoever adds an account waits no longer than this for its quota.
    static let quotaWaitMax = Duration.seconds(20)

    init(
        store: AccountStore, calls: GoogleCalls, projects: ProjectFinder, quota: QuotaReader, client: OAuthClient?
    ) {
        self.store = store
        self.calls = calls
        self.projects = projects
        self.quota = quota
        self.client = client
    }

    /// What is known of an account from where its refresh token was found.
    struct Hint: Sendable, Equatable {
        /// Stands in when Google does not say whose account it is.
        var email: String?
        /// Stands in for asking Google.
        var project: String?
    }

    /// Adds a Code Assist account. The same token given twice at once is asked about once.
    func add(refreshToken: String, hint: Hint = Hint()) async -> Answer {
        await flights.value(for: "token " + refreshToken) { [self] in await addCodeAssist(refreshToken, hint) }
    }

    /// Adds the Code Assist account whose owner has just said yes on Google's page.
    ///
    /// - Parameter redirectURI: the one of the consent page.
    func add(code: String, redirectURI: String) async -> Answer {
        guard let client else { return .failure(.clientMissing) }
        let (outcome, isTimeout) = await calls.token(.code(code, redirectURI: redirectURI), client)
        switch outcome {
        case .granted(let answer):
            guard let refreshToken = answer.refreshToken else { return .failure(.noRefreshToken) }
            let token = AccountToken(answer, refreshToken: refreshToken, now: WallClock.unixSeconds)
            return await addCodeAssist(token, Hint())
        case .refused(let refusal): return .failure(isTimeout ? .timeout : Self.failure(refusal))
        }
    }

    /// Stores a login that Google could not be asked about, or refuses: then it is disabled from the start. It replaces no
    /// credentials that an account has.
    func keep(
        _ refreshToken: String, email: String, project: String?, _ disabling: Account.Disabling?
    ) async -> Answer {
        let token = AccountToken(
            accessToken: Self.accessTokenOfUnchecked, refreshToken: refreshToken, tokenType: "Bearer",
            expiresInSeconds: 0, expiresAt: 0)
        var added = AddedAccount(kind: .codeAssist, email: email, token: token)
        added.projectID = project
        added.disabled = disabling
        return await save(added)
    }

    /// Stands in the record of a login that was never checked.
    private static let accessTokenOfUnchecked = "imported_access_token"

    /// Adds a Gemini API key under a label.
    func add(apiKey: String, label: String) async -> Answer {
        await flights.value(for: "key \(label) \(apiKey)") { [self] in await addKey(apiKey, label) }
    }

    private func addCodeAssist(_ refreshToken: String, _ hint: Hint) async -> Answer {
        guard let client else { return .failure(.clientMissing) }
        let (outcome, isTimeout) = await calls.token(.refresh(refreshToken: refreshToken), client)
        switch outcome {
        case .granted(let answer):
            let token = AccountToken(answer, refreshToken: refreshToken, now: WallClock.unixSeconds)
            return await addCodeAssist(token, hint)
        case .refused(let refusal): return .failure(isTimeout ? .timeout : Self.failure(refusal))
        }
    }

    private func addCodeAssist(_ token: AccountToken, _ hint: Hint) async -> Answer {
        let reply = await calls.userinfo(accessToken: token.accessToken)
        let user = reply.document.flatMap { UserInfo($0) }
        guard let email = user?.email ?? hint.email else {
            return .failure(reply.isTimeout ? .timeout : .upstream("Google did not say whose account it is"))
        }
        var added = AddedAccount(kind: .codeAssist, email: email, name: user?.personName, token: token)
        added.projectID = hint.project
        if hint.project == nil {
            added.projectID = await projects.find(Account.key(of: email), accessToken: token.accessToken).project
        }
        let answer = await save(added)
        guard case .success(let account) = answer else { return answer }
        _ = await quota.read(account.id, within: Self.quotaWaitMax)
        return .success(store[account.id] ?? account)
    }

    private func addKey(_ apiKey: String, _ label: String) async -> Answer {
        let reply = await calls.models(apiKey: apiKey)
        switch reply.status {
        case 200: return await save(AddedAccount(kind: .geminiKey, email: label, apiKey: apiKey))
        case 400, 401, 403: return .failure(.keyRefused)
        default: return .failure(reply.isTimeout ? .timeout : .upstream("Google did not list the key's models"))
        }
    }

    private func save(_ added: AddedAccount) async -> Answer {
        if let known = store.account(email: added.email) {
            guard known.kind == added.kind else { return .failure(.nameTaken) }
        } else if store.accounts.count >= AccountStore.countMax {
            return .failure(.tooMany)
        }
        do throws(StorageError) {
            let account = try await store.upsert(added, now: WallClock.unixSeconds)
            Log.notice("account-added", "account stored", ["account": account.shortID, "kind": account.kind.wireName])
            return .success(account)
        } catch {
            return .failure(.storage(error))
        }
    }

    private static func failure(_ refusal: TokenRefusal) -> Failure {
        switch refusal.kind {
        case .invalidGrant: .invalidGrant(code: refusal.code ?? "invalid_grant", text: refusal.message)
        case .configuration: .clientRefused(refusal.code ?? "refused")
        case .malformedRequest: .upstream("Google did not understand the request: \(refusal.code ?? "unknown")")
        case .transient: .upstream("Google's token service does not answer")
        }
    }
}
