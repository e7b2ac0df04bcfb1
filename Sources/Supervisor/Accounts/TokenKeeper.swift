import GoogleAPI
import Platform
import Scheduling

/// Keeps the access tokens of the accounts fresh. One refresh per account at a time; whoever needs the token meanwhile
/// waits for its result, for a while.
final class TokenKeeper {
    /// Why there is no token to use.
    enum Refusal: Error, Sendable, Equatable {
        /// The account is not there any more, or has no refresh token.
        case gone
        /// The token endpoint refused the refresh token; the account is disabled. In the provider's words.
        case invalidGrant(code: String, text: String)
        /// The OAuth client is missing or refused: no account can be refreshed until a person mends the settings.
        case configuration(String)
        /// The token endpoint could not be asked; later it may.
        case transient

        /// Another try may go well without the owner: a token that still lives serves until then.
        var isNoFaultOfAccount: Bool {
            switch self {
            case .configuration, .transient: true
            case .gone, .invalidGrant: false
            }
        }
    }
    typealias Answer = Result<AccountToken, Refusal>

    private let store: AccountStore
    private let calls: GoogleCalls
    /// The operator's OAuth client; nil while it is not set. What was said of another one counts no longer.
    var client: OAuthClient? { didSet { if client != oldValue { holds = [:] } } }
    private let flights = SingleFlight<String, Answer>()
    /// How often each account's token was replaced: a lease remembers which one it had.
    private var generations: [String: Int] = [:]
    private var holds: [String: Hold] = [:]
    private var lastWanted: [String: MonotonicInstant] = [:]
    private var timer: LoopTimer?
    private let confirmingDelay: Duration
    private var confirming: Task<Void, Never>?

    private struct Hold {
        let failures: Int
        let until: MonotonicInstant
        /// The answer meanwhile, for whoever has no old token that lives.
        let refusal: Refusal
    }

    /// How long a lease waits for a refresh.
    static let waitMax = Duration.seconds(10)
    /// Pauses between the tries of one refresh.
    static let pauses: [Duration] = [.seconds(1), .seconds(2)]
    /// How long an account whose refresh failed is left alone: first, second, every later time.
    static let holdLadder: [Duration] = [.seconds(5), .seconds(15), .seconds(60)]
    /// Accounts leased within this time are refreshed before their token ends.
    static let wantedFor = Duration.seconds(3600)
    static let lookInterval = Duration.seconds(30)
    /// A refusal that is older was confirmed, or is the owner's to mend.
    static let confirmableSeconds = 86_400

    /// - Parameter confirmingDelay: after this time a refused refresh token is tried once more.
    init(store: AccountStore, calls: GoogleCalls, client: OAuthClient?, confirmingDelay: Duration = .seconds(60)) {
        self.store = store
        self.calls = calls
        self.client = client
        self.confirmingDelay = confirmingDelay
    }

    /// Which token of the account is the present one; grows with each refresh.
    func generation(_ id: String) -> Int { generations[id] ?? 0 }

    /// The account serves requests: its token is kept fresh for the next hour.
    func noteWanted(_ id: String) { lastWanted[id] = .now }

    /// A token that can be used now: the stored one while it is fresh, else a refreshed one. When the refresh takes too
    /// long or fails for the moment, the old one as long as it lives.
    func token(for id: String) async -> Answer {
        noteWanted(id)
        guard let token = store[id]?.token else { return .failure(.gone) }
        if token.isFresh(now: WallClock.unixSeconds) { return .success(token) }
        return await refreshed(id, orElse: token)
    }

    /// A token other than the one of that generation, which Google refused.
    func token(for id: String, after generation: Int) async -> Answer {
        guard self.generation(id) == generation else { return await token(for: id) }
        guard store[id]?.token != nil else { return .failure(.gone) }
        return await refreshed(id, orElse: nil)
    }

    /// Starts the look for tokens that end soon.
    func start() {
        let timer = LoopTimer { [weak self] in self?.refreshWhatEndsSoon() }
        self.timer = timer
        timer.set(after: Self.lookInterval)
        confirming = Task { await confirmAll() }
    }

    func stop() {
        confirming?.cancel()
        timer?.cancel()
        timer = nil
    }

    // MARK: Refreshing

    private func refreshed(_ id: String, orElse old: AccountToken?) async -> Answer {
        if let hold = holds[id], hold.until > .now { return fallback(old, hold.refusal) }
        let answer = await flights.value(for: id, within: Self.waitMax) { [self] in await refresh(id) }
        switch answer {
        case nil: return fallback(old, .transient)
        case .failure(let refusal) where refusal.isNoFaultOfAccount: return fallback(old, refusal)
        case let answer?: return answer
        }
    }

    private func fallback(_ old: AccountToken?, _ refusal: Refusal) -> Answer {
        guard let old, old.isUsable(now: WallClock.unixSeconds) else { return .failure(refusal) }
        return .success(old)
    }

    private func refresh(_ id: String) async -> Answer {
        guard let client else { return .failure(.configuration("the OAuth client is not set")) }
        var pauses = Self.pauses[...]
        while true {
            guard let refreshToken = store[id]?.token?.refreshToken else { return .failure(.gone) }
            switch await calls.token(.refresh(refreshToken: refreshToken), client).outcome {
            case .granted(let answer): return await take(answer, id, replacing: refreshToken)
            case .refused(let refusal):
                guard refusal.kind == .transient, let pause = pauses.popFirst() else {
                    return await refuse(refusal, id, refreshToken)
                }
                try? await Task.sleep(for: pause)  // only cancellation throws, and nobody cancels a flight
            }
        }
    }

    private func take(_ answer: TokenAnswer, _ id: String, replacing refreshToken: String) async -> Answer {
        holds[id] = nil
        generations[id, default: 0] += 1
        let token = AccountToken(answer, refreshToken: refreshToken, now: WallClock.unixSeconds)
        await store.apply(id) { account in
            // Credentials that were added during the refresh are newer than what it brought.
            guard account.token?.refreshToken == refreshToken else { return }
            account.token = token
            account.disabled = nil
        }
        guard let current = store[id]?.token else { return .failure(.gone) }
        return .success(current)
    }

    private func refuse(_ refusal: TokenRefusal, _ id: String, _ refreshToken: String) async -> Answer {
        let account = String(id.prefix(8))
        switch refusal.kind {
        case .invalidGrant:
            await disable(id, refusal, refreshToken)
            return .failure(.invalidGrant(code: refusal.code ?? "invalid_grant", text: refusal.message))
        case .configuration, .malformedRequest:
            Log.error(
                "oauth-client-refused", "Google refuses the OAuth client; no token can be refreshed",
                ["account": account, "reason": refusal.code ?? "unknown"])
            let answer = Refusal.configuration(refusal.code ?? "refused")
            hold(id, answer)
            return .failure(answer)
        case .transient:
            let failures = hold(id, .transient)
            Log.warning(
                "token-refresh-failed", "the token endpoint could not be asked",
                ["account": account, "failures": failures])
            return .failure(.transient)
        }
    }

    /// - Returns: how often in a row the account was refused.
    @discardableResult private func hold(_ id: String, _ refusal: Refusal) -> Int {
        let failures = (holds[id]?.failures ?? 0) + 1
        let pause = Self.holdLadder[min(failures, Self.holdLadder.count) - 1]
        holds[id] = Hold(failures: failures, until: .now + pause, refusal: refusal)
        return failures
    }

    // MARK: Dead credentials

    /// Takes the account out at once; one more refresh a little later may prove the refusal wrong.
    private func disable(_ id: String, _ refusal: TokenRefusal, _ refreshToken: String) async {
        let isFirst = store[id]?.disabled == nil
        let reason = Self.cut("\(Self.refusalPrefix): \(refusal.message)")
        await store.apply(id) { account in
            guard account.token?.refreshToken == refreshToken, account.disabled == nil else { return }
            account.disabled = Account.Disabling(reason: reason, at: WallClock.unixSeconds)
        }
        guard isFirst else { return }
        Log.error(
            "account-disabled", "Google refuses the refresh token; the account needs its owner",
            ["account": String(id.prefix(8)), "reason": "invalid_grant"])
        Task {
            try? await Task.sleep(for: confirmingDelay)  // only cancellation throws, and nobody cancels this
            await confirm(id, refreshToken)
        }
    }

    private func confirm(_ id: String, _ refreshToken: String) async {
        guard let account = store[id], account.disabled != nil, account.token?.refreshToken == refreshToken else {
            return
        }
        let answer = await flights.value(for: id) { [self] in await refresh(id) }
        guard case .success = answer else { return }
        Log.notice("account-enabled", "a second refresh succeeded", ["account": account.shortID])
    }

    /// The process that saw a refusal may have ended before it was confirmed: this one asks once for each of the last day, one
    /// after the other, none before its time.
    private func confirmAll() async {
        let pending = store.accounts.compactMap { account -> (id: String, refreshToken: String, at: Int)? in
            guard let disabled = account.disabled, disabled.reason?.hasPrefix(Self.refusalPrefix) == true,
                WallClock.unixSeconds - disabled.at < Self.confirmableSeconds, let token = account.token
            else { return nil }
            return (account.id, token.refreshToken, disabled.at)
        }
        for (id, refreshToken, at) in pending.sorted(by: { $0.at < $1.at }) {
            let left = Duration.seconds(at - WallClock.unixSeconds) + confirmingDelay
            guard !Task.isCancelled, (try? await Task.sleep(for: max(.zero, min(left, confirmingDelay)))) != nil else {
                return
            }
            await confirm(id, refreshToken)
        }
    }

    private static let refusalPrefix = "invalid_grant"

    /// A reason as it is stored: at most 800 characters.
    static func cut(_ reason: String) -> String {
        reason.count <= 800 ? reason : String(reason.prefix(800)) + "…"
    }

    // MARK: Ahead of time

    /// Refreshes, spread by account, what was leased lately and ends within 5 to 15 minutes.
    private func refreshWhatEndsSoon() {
        timer?.set(after: Self.lookInterval)
        let now = WallClock.unixSeconds
        for account in store.accounts where account.isPooled {
            guard let token = account.token, token.expiresAt - now < Self.lead(account.id),
                let wanted = lastWanted[account.id], MonotonicInstant.now - wanted < Self.wantedFor,
                holds[account.id].map({ $0.until <= .now }) ?? true, !flights.isUnderWay(account.id)
            else { continue }
            let id = account.id
            Task { _ = await flights.value(for: id) { [self] in await refresh(id) } }
        }
    }

    /// Seconds before its end at which an account's token is replaced: 300 to 900, the same for an account each time.
    static func lead(_ id: String) -> Int {
        AccountToken.freshSecondsMin + id.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF } % 600
    }
}

nonisolated extension AccountToken {
    /// A token as the endpoint gave it. When it names no new refresh token, the old one stays.
    init(_ answer: TokenAnswer, refreshToken: String, now: Int) {
        self.init(
            accessToken: answer.accessToken, refreshToken: answer.refreshToken ?? refreshToken,
            tokenType: answer.tokenType, expiresInSeconds: answer.expiresInSeconds,
            expiresAt: now + answer.expiresInSeconds)
    }
}
