/// What a request needs of an account, with everything about the request that the choice depends on.
struct Demand: Sendable {
    let model: String
    let key: Int
    let operation: LeaseOperation
    let isBackground: Bool
    let pinnedAccount: String?
    /// Not one of Google's own.
    let isForeignModel: Bool
    /// Kinds of account that can do it.
    let kinds: AccountKindSet
    let limits: AccountLimits
    /// Accounts that have failed it.
    let tried: Set<String>
    let binding: Int?
    /// Whether a binding can be made for it.
    let hasName: Bool
    let attemptsEnd: SchedulerInstant
    /// Whether any account that can be used is known to have the model; worked out when the first one is known not to.
    var isListedSomewhere: Bool?
}

/// The operator's limits on one account.
struct AccountLimits: Sendable, Equatable {
    let leaseCountMax: Int
    let grantIntervalMilliseconds: Int
    let requestsPerMinute: Int
}

extension Scheduler {
    mutating func demand(of owner: Int) -> Demand {
        demand(of: requests[owner].facts, tried: requests[owner].tried, binding: requests[owner].binding)
    }

    mutating func demand(of request: RequestFacts, tried: Set<String> = [], binding: Int? = nil) -> Demand {
        Demand(
            model: request.ask.upstreamModel, key: request.model.key, operation: request.ask.operation,
            isBackground: request.ask.isBackground, pinnedAccount: request.ask.pinnedAccount,
            isForeignModel: request.model.isForeign,
            kinds: settings.kinds(for: request.ask.operation, foreignModel: request.model.isForeign),
            limits: AccountLimits(
                leaseCountMax: settings.leasesPerAccountMax,
                grantIntervalMilliseconds: settings.grantIntervalMilliseconds,
                requestsPerMinute: settings.requestsPerMinute),
            tried: tried, binding: binding, hasName: !request.names.isEmpty,
            attemptsEnd: request.attemptsEnd)
    }
}
