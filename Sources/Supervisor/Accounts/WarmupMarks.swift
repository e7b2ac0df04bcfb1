import JSON
import Scheduling

/// What has been warmed up and when: the same thing is not done twice.
nonisolated struct WarmupMarks: Sendable, Equatable {
    /// One model of one account that may be warmed up.
    nonisolated struct Item: Sendable, Equatable {
        let account: String
        let email: String
        let model: String
        /// Stands for the account's quota window: its shared quota and when that is full again.
        let window: String

        var name: String { "\(email):\(model):100" }
    }

    /// Seconds since 1970 by item name and by window.
    private(set) var times: [String: Int] = [:]

    static let pauseSeconds = 4 * 3600
    static let keptSeconds = 24 * 3600

    /// The models among `wanted` whose quota is untouched. A model below that loses its mark.
    mutating func untouched(of account: Account, wanted: [String], keys: QuotaKeys) -> [Item] {
        guard let quota = account.quota else { return [] }
        return quota.models.filter { wanted.contains($0.name) }.compactMap { model in
            let window = "\(account.id):\(keys.key(of: model.name)):\(model.resetTime)"
            let item = Item(account: account.id, email: account.email, model: model.name, window: window)
            guard model.percentage < 100 else { return item }
            times[item.name] = nil
            return nil
        }
    }

    /// Whether it was done within four hours, or once in this window.
    func isDone(_ item: Item, now: Int) -> Bool {
        if let time = times[item.name], now - time < Self.pauseSeconds { return true }
        return times[item.window] != nil
    }

    mutating func note(_ item: Item, now: Int) {
        times[item.name] = now
        times[item.window] = now
    }

    mutating func forgetOld(now: Int) { times = times.filter { now - $0.value < Self.keptSeconds } }

    var json: JSONValue {
        .object(JSONObject(times.sorted { $0.key < $1.key }.map { (name: $0.key, value: .int($0.value)) }))
    }

    init() {}

    init(_ value: JSONValue) {
        for (name, time) in value.object?.members ?? [] { times[name] = time.int }
    }
}
