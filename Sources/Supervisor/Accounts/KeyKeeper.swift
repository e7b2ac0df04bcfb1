import GoogleAPI
import Platform
import Scheduling

/// Looks after accounts with an API key: takes out those whose key Google refuses, and finds out whether it takes one again.
final class KeyKeeper {
    private let store: AccountStore
    private let calls: GoogleCalls

    init(store: AccountStore, calls: GoogleCalls) {
        self.store = store
        self.calls = calls
    }

    /// Google said in an attempt that this is no key. Out at once; whoever wants to know more asks `check` a little later.
    ///
    /// - Parameter text: Google's words, fit for clients.
    func disable(_ id: String, saying text: String) async {
        guard let account = store[id], account.apiKey != nil, account.disabled == nil else { return }
        let reason = TokenKeeper.cut("api_key_invalid: \(text)")
        Log.error(
            "account-disabled", "Google refuses the API key; the account needs its owner",
            ["account": account.shortID, "reason": "api_key_invalid"])
        await store.apply(id) { now in
            // A key that was given meanwhile is newer than the refusal.
            guard now.apiKey == account.apiKey else { return }
            now.disabled = Account.Disabling(reason: reason, at: WallClock.unixSeconds)
        }
    }

    /// Asks for the key's models, which costs nothing, and enables an account whose key is taken after all.
    func check(_ id: String) async -> AttemptClass {
        guard let account = store[id], let key = account.apiKey else { return .forbidden }
        let reply = await calls.models(apiKey: key)
        let outcome = classify(
            phase: reply.status == 0 ? .connect : .answer, status: reply.status, retryAfterHeader: reply.retryAfter,
            body: reply.body, now: WallClock.unixMilliseconds, hiding: [key]
        ).outcome
        if outcome == .success, account.disabled != nil {
            Log.notice("account-enabled", "Google takes the API key again", ["account": account.shortID])
            await store.apply(id) { if $0.apiKey == key { $0.disabled = nil } }
        }
        return AttemptClass(wire: outcome.rawValue)
    }
}
