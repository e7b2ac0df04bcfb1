/// Access tokens in circulation, and what tests have done to accounts.
final class AccountBook {
    /// Tokens remembered; the oldest are forgotten, as if they had expired.
    static let tokenCountMax = 50_000

    /// Validity of new access tokens.
    var tokenLifetimeSeconds = 3599
    private var tokens: [String: (account: SandboxAccount, expiresAt: Int)] = [:]
    private var order: [String] = []
    private var serial = 0
    private var revoked: Set<String> = []
    /// Codes that the consent page has handed out and nobody has exchanged.
    private var codes: [String: Consent] = [:]
    private var spentCodes: Set<String> = []
    /// Codes remembered; then the memory starts anew.
    static let codeCountMax = 10_000
    /// How often onboardUser was asked for an account.
    private var onboardings: [String: Int] = [:]

    /// The account behind a refresh token; nil if there is none or it was revoked.
    func account(refreshToken: String) -> SandboxAccount? {
        guard refreshToken.hasPrefix(SandboxAccount.refreshTokenPrefix),
            let account = SandboxAccount(name: String(refreshToken.dropFirst(SandboxAccount.refreshTokenPrefix.count)))
        else { return nil }
        return account.has(.revoked) || revoked.contains(account.name) ? nil : account
    }

    /// The account of a key of the public API; nil if there is none or it was revoked.
    func account(apiKey: String) -> SandboxAccount? {
        guard apiKey.hasPrefix(SandboxAccount.apiKeyPrefix),
            let account = SandboxAccount(name: String(apiKey.dropFirst(SandboxAccount.apiKeyPrefix.count)))
        else { return nil }
        return account.has(.revoked) || revoked.contains(account.name) ? nil : account
    }

    func issue(to account: SandboxAccount, now: Int) -> String {
        serial += 1
        let token = "ya29.sandbox-\(account.name)-\(serial)"
        tokens[token] = (account, now + tokenLifetimeSeconds)
        order.append(token)
        if order.count > Self.tokenCountMax {
            for old in order.prefix(Self.tokenCountMax / 10) { tokens[old] = nil }
            order.removeFirst(Self.tokenCountMax / 10)
        }
        return token
    }

    /// The account of an `Authorization` value; nil if the token is unknown or expired.
    func account(authorization: String?, now: Int) -> SandboxAccount? {
        guard let authorization, authorization.lowercased().hasPrefix("bearer "),
            let entry = tokens[String(authorization.dropFirst(7))], entry.expiresAt > now,
            !revoked.contains(entry.account.name)
        else { return nil }
        return entry.account
    }

    /// The account whose token this is, expired or not: for the list of requests.
    func owner(authorization: String?) -> String? {
        authorization.flatMap { tokens[String($0.dropFirst(7))]?.account.name }
    }

    /// What the consent page was asked for when it gave a code.
    struct Consent {
        let redirectURI: String
        /// Both `access_type=offline` and `prompt=consent` were there: the code gives a refresh token.
        let isOffline: Bool
    }

    func give(code: String, for consent: Consent) {
        if codes.count + spentCodes.count >= Self.codeCountMax {
            codes = [:]
            spentCodes = []
        }
        spentCodes.remove(code)
        codes[code] = consent
    }

    /// Codes of the consent page serve once.
    func isSpent(code: String) -> Bool { spentCodes.contains(code) }

    /// What the page was asked for; nil for a code that a test has made up.
    func consent(for code: String) -> Consent? { codes[code] }

    func spend(code: String) {
        if codes.removeValue(forKey: code) != nil { spentCodes.insert(code) }
    }

    func revoke(_ name: String) { revoked.insert(name) }
    func restore(_ name: String) { revoked.remove(name) }

    /// Every token of the account is expired from now on; a refresh gives a new one.
    func expireTokens(of name: String) {
        tokens = tokens.filter { $0.value.account.name != name }
    }

    /// The project as loadCodeAssist tells it: not before onboarding is done, for accounts that need it.
    func knownProject(of account: SandboxAccount) -> String? {
        account.has(.onboard) && onboardings[account.name, default: 0] < 3 ? nil : account.project
    }

    /// Counts a call of onboardUser, or a look at its operation; returns whether it is done.
    func onboard(_ account: SandboxAccount) -> Bool {
        onboardings[account.name, default: 0] += 1
        return !account.has(.onboard) || onboardings[account.name, default: 0] >= 3
    }

    func reset() {
        tokenLifetimeSeconds = 3599
        revoked = []
        onboardings = [:]
        codes = [:]
        spentCodes = []
    }
}
