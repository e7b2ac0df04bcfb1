import GoogleAPI
import JSON
import Platform

/// Begins logins, exchanges the codes that come back and tells whoever waits. A code is worth nothing without the state of
/// an open login, so nobody who can merely reach the port can attach an account.
final class LoginDesk {
    typealias Outcome = Result<Account, AdminError>

    private var flows = LoginFlows()
    private var waiters: [String: [Waiter]] = [:]
    private let adder: AccountAdder
    private let store: AccountStore
    private let calls: GoogleCalls
    private let facts: ServiceFacts
    private let publicURL: String?

    /// Requests that wait for the end of one login.
    static let waitersMax = 64

    /// - Parameter publicURL: under which browsers reach the gateway; nil: only a browser on this machine does.
    init(adder: AccountAdder, store: AccountStore, calls: GoogleCalls, facts: ServiceFacts, publicURL: String?) {
        self.adder = adder
        self.store = store
        self.calls = calls
        self.facts = facts
        self.publicURL = publicURL
        facts.onStopping = { [weak self] in self?.endWaiting() }
    }

    /// Where Google sends the browser. It refuses clear text for every host but this machine's own, so without a public
    /// address the name is `localhost`, whatever name the gateway was asked under.
    var redirectURI: String {
        var base = publicURL ?? "http://localhost:\(facts.listener.port)"
        while base.last == "/" { base.removeLast() }
        return base + "/auth/callback"
    }

    /// Begins a login.
    ///
    /// - Throws: `state_unavailable` while the OAuth client is not set.
    func start() throws(AdminError) -> LoginFlow {
        guard let client = adder.client else { throw .clientMissing(adder.missingSettings) }
        let state = RandomID.uuid()
        let redirectURI = redirectURI
        let url = ConsentPage.url(calls.options.addresses, client: client, redirectURI: redirectURI, state: state)
        let flow = LoginFlow(state: state, redirectURI: redirectURI, url: url, startedAt: .now)
        if let dropped = flows.add(flow, now: .now) { wake(dropped) }
        return flow
    }

    /// The login of a state, else the newest one.
    func find(_ state: String?) -> LoginFlow? { flows.find(state, now: .now) }

    /// Ends a login with the code that came for it: exchanges it and stores the account.
    ///
    /// - Parameter state: nil means the newest login that waits for a code.
    func finish(_ state: String?, code: String) async throws(LoginFlows.Refusal) -> Outcome {
        let flow = try flows.claim(state, now: .now)
        switch await adder.add(code: code, redirectURI: flow.redirectURI) {
        case .success(let account): return settle(flow, .success(account))
        case .failure(let failure): return settle(flow, .failure(.adding(failure, .code)))
        }
    }

    /// Ends a login to which the person, or Google, said no.
    func decline(_ state: String?, error: String) throws(LoginFlows.Refusal) -> AdminError {
        let flow = try flows.claim(state, now: .now)
        let refusal = AdminError(
            .invalidGrant, "The login was declined.", details: ["error": .string(String(error.prefix(100)))])
        _ = settle(flow, .failure(refusal))
        return refusal
    }

    /// Drops the pending login of a state, or all of them; says how many.
    func cancel(_ state: String?) -> Int {
        let cancelled = flows.cancel(state, now: .now)
        for state in cancelled { wake(state) }
        return cancelled.count
    }

    /// How a login ends, as soon as it does; nil if it has not within `limit` or within its life.
    func outcome(of flow: LoginFlow, within limit: Duration) async -> Outcome? {
        guard let known = flows.find(flow.state, now: .now) else { return nil }
        if known.isOver { return outcome(known) }
        guard waiters[flow.state, default: []].count < Self.waitersMax, !facts.isStopping else { return nil }
        await withCheckedContinuation { continuation in
            waiters[flow.state, default: []].append(
                Waiter(continuation, limit: min(limit, LoginFlows.remaining(known, now: .now))))
        }
        waiters[flow.state]?.removeAll(where: \.isOver)
        if waiters[flow.state]?.isEmpty == true { waiters[flow.state] = nil }
        return flows.find(flow.state, now: .now).flatMap(outcome)
    }

    private func settle(_ flow: LoginFlow, _ outcome: Outcome) -> Outcome {
        switch outcome {
        case .success(let account): flows.settle(flow.state, .done(account: account.id))
        case .failure(let error): flows.settle(flow.state, .failed(error))
        }
        wake(flow.state)
        return outcome
    }

    private func outcome(_ flow: LoginFlow) -> Outcome? {
        switch flow.standing {
        case .done(let id): store[id].map { .success($0) }
        case .failed(let error): .failure(error)
        case .pending, .exchanging, .expired: nil
        }
    }

    // MARK: Waiting

    private func wake(_ state: String) {
        for waiter in waiters.removeValue(forKey: state) ?? [] { waiter.end() }
    }

    private func endWaiting() {
        for state in Array(waiters.keys) { wake(state) }
    }

    private final class Waiter {
        private var continuation: CheckedContinuation<Void, Never>?
        private var timer: LoopTimer?

        init(_ continuation: CheckedContinuation<Void, Never>, limit: Duration) {
            self.continuation = continuation
            let timer = LoopTimer { [weak self] in self?.end() }
            self.timer = timer
            timer.set(after: limit)
        }

        var isOver: Bool { continuation == nil }

        func end() {
            timer?.cancel()
            timer = nil
            continuation?.resume()
            continuation = nil
        }
    }
}
