/// What is known of a request from its first ask on. Shared: a state is copied where its request is looked at.
final class RequestFacts: Sendable, Equatable {
    let ask: LeaseAsk
    /// What its model is to accounts.
    let model: KeyIndex.Model
    /// What its conversation is called, whether or not conversations count at the moment.
    let names: [Bindings.Name]
    /// Place in the order of all requests, from 1 on; 0 where there is none.
    let serial: Int
    let scheduleEnd: SchedulerInstant
    let totalEnd: SchedulerInstant

    init(ask: LeaseAsk, model: KeyIndex.Model, serial: Int, now: SchedulerInstant) {
        self.ask = ask
        self.model = model
        self.serial = serial
        names = Self.names(of: ask, key: model.key)
        scheduleEnd = now.advanced(by: ask.scheduleMillisecondsLeft)
        totalEnd = now.advanced(by: ask.totalMillisecondsLeft)
    }

    /// What the conversation is called; nothing if it has no name, or belongs to none.
    private static func names(of ask: LeaseAsk, key: Int) -> [Bindings.Name] {
        guard ask.operation.hasSession else { return [] }
        guard !ask.sessions.isEmpty else {
            guard let hint = ask.clientHint else { return [] }
            return [Bindings.Name(apiKeyID: ask.apiKeyID, session: "hint:" + hint, key: key)]
        }
        return ask.sessions.prefix(Bindings.namesMax).map {
            Bindings.Name(apiKeyID: ask.apiKeyID, session: $0, key: key)
        }
    }

    /// No attempt may start later.
    var attemptsEnd: SchedulerInstant { min(scheduleEnd, totalEnd) }

    static func == (one: RequestFacts, other: RequestFacts) -> Bool {
        one === other
            || one.ask == other.ask && one.model == other.model && one.names == other.names
                && one.serial == other.serial && one.scheduleEnd == other.scheduleEnd
                && one.totalEnd == other.totalEnd
    }
}
