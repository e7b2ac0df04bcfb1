import HTTP
import JSON

/// Signing in with a browser: `/api/accounts/oauth/*`, `/api/auth/url`, and `/auth/callback`, which needs no token.
final class LoginAPI {
    private let login: LoginDesk
    private let accounts: AccountsAPI
    private let store: AccountStore

    /// How long `start` with `wait` and `complete` without a code wait for the browser.
    static let startWaitMax = Duration.seconds(300)
    static let completeWaitMax = Duration.seconds(60)
    /// A pasted address with its code.
    private static let codeLength = 1...8192
    private static let stateLength = 1...128

    init(login: LoginDesk, accounts: AccountsAPI, store: AccountStore) {
        self.login = login
        self.accounts = accounts
        self.store = store
    }

    // MARK: Beginning

    /// `POST /api/accounts/oauth/start`: where to send the browser; with `wait` the account, once it is there.
    func start(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let isWished = try request.queryFlag("wait")
        let waits = try request.flag("wait") ?? isWished
        let flow = try login.start()
        return waits ? try await wait(for: flow, within: Self.startWaitMax) : .json(Self.json(flow))
    }

    /// `POST /api/accounts/oauth/prepare`
    func prepare(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        .json(Self.json(try login.start()))
    }

    /// `GET /api/auth/url`
    func url(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer { .json(Self.json(try login.start())) }

    /// `GET /api/accounts/oauth/status`: of the login with this state, else of the newest one.
    func status(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let state = request.head.queryItems["state"]
        guard let flow = login.find(state) else { throw AdminError(.notFound, "There is no such login.") }
        var answer: JSONObject = ["state": .string(flow.state), "status": .string(Self.word(flow.standing))]
        var account = JSONValue.null
        var error = JSONValue.null
        switch flow.standing {
        case .pending: answer.append("url", .string(flow.url))
        case .exchanging, .expired: break
        case .done(let id): account = store[id].map { accounts.answer($0, isCurrent: store.currentID == id) } ?? .null
        case .failed(let failure): error = .string(failure.message)
        }
        answer.append("account", account)
        answer.append("error", error)
        return .json(.object(answer))
    }

    // MARK: Finishing

    /// `POST /api/accounts/oauth/complete`: with a code at once, without one when the browser has come back.
    func complete(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let state = try request.text("state", length: Self.stateLength)
        guard let code = try request.text("code", length: Self.codeLength) else {
            guard let flow = login.find(state) else { throw Self.error(state == nil ? .noneOpen : .unknownState) }
            if case .expired = flow.standing { throw Self.error(.noneOpen) }
            return try await wait(for: flow, within: Self.completeWaitMax)
        }
        return try await finish(pasted: code, state)
    }

    /// `POST /api/accounts/oauth/submit-code`
    func submitCode(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let state = try request.text("state", length: Self.stateLength)
        guard let code = try request.text("code", length: Self.codeLength) else { throw .field("code", "is missing") }
        return try await finish(pasted: code, state)
    }

    /// `POST /api/accounts/oauth/cancel`
    func cancel(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        let cancelled = login.cancel(try request.text("state", length: Self.stateLength))
        return .json(["success": true, "cancelled": .int(cancelled)])
    }

    private func finish(pasted text: String, _ state: String?) async throws(AdminError) -> AdminAnswer {
        let input = CallbackInput(pasted: text)
        if let state, let other = input.state, state != other { throw .field("state", "is not that of the address") }
        let outcome: LoginDesk.Outcome?
        do throws(LoginFlows.Refusal) {
            if let error = input.error {
                outcome = .failure(try login.decline(input.state ?? state, error: error))
            } else if let code = input.code {
                outcome = try await login.finish(input.state ?? state, code: code)
            } else {
                outcome = nil
            }
        } catch { throw Self.error(error) }
        guard let outcome else { throw .field("code", "is an address without a code") }
        return try answer(outcome)
    }

    private func wait(for flow: LoginFlow, within limit: Duration) async throws(AdminError) -> AdminAnswer {
        guard let outcome = await login.outcome(of: flow, within: limit) else {
            throw AdminError(
                .upstreamTimeout, "The browser has not come back.", details: ["state": .string(flow.state)])
        }
        return try answer(outcome)
    }

    private func answer(_ outcome: LoginDesk.Outcome) throws(AdminError) -> AdminAnswer {
        .json(accounts.answer(added: try outcome.get()))
    }

    // MARK: The browser

    /// `GET /auth/callback`: where Google sends the browser.
    func callback(_ request: AdminRequest) async throws(AdminError) -> AdminAnswer {
        // A preview of the address must not use the login up.
        if request.head.method == .head { return CallbackPage.failure("Open this address with a browser.") }
        let input = CallbackInput(request.head.queryItems)
        guard let state = input.state else { return CallbackPage.failure("The address names no login.") }
        do throws(LoginFlows.Refusal) {
            if let error = input.error { return CallbackPage.failure(try login.decline(state, error: error).message) }
            guard let code = input.code else { return CallbackPage.failure("The address holds no code.") }
            switch try await login.finish(state, code: code) {
            case .success(let account):
                _ = accounts.answer(added: account)
                return CallbackPage.success(account.email)
            case .failure(let error): return CallbackPage.failure(error.message)
            }
        } catch {
            return CallbackPage.failure(Self.error(error).message)
        }
    }

    // MARK: Words

    private static func json(_ flow: LoginFlow) -> JSONValue {
        [
            "url": .string(flow.url), "state": .string(flow.state), "redirect_uri": .string(flow.redirectURI),
            "expires_in": .int(Int(LoginFlows.lifetime.components.seconds)),
        ]
    }

    /// An exchange under way is still pending for whoever asks.
    private static func word(_ standing: LoginFlow.Standing) -> String {
        switch standing {
        case .pending, .exchanging: "pending"
        case .done: "done"
        case .failed: "failed"
        case .expired: "expired"
        }
    }

    private static func error(_ refusal: LoginFlows.Refusal) -> AdminError {
        switch refusal {
        case .noneOpen: AdminError(.oauthNoFlow, "No login is open: begin one first.")
        case .unknownState: .field("state", "is not that of an open login")
        case .underWay: AdminError(.oauthInProgress, "The code of this login is being exchanged.")
        case .over: AdminError(.oauthNoFlow, "This login is over: begin a new one.")
        }
    }
}
