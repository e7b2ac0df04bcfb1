/// What a request needs of an account.
struct Demand: Sendable {
    let ask: LeaseAsk
    let key: Int
    /// Not one of Google's own.
    let isForeignModel: Bool
    /// Whether any account that can be used is known to have the model; worked out when the first one is known not to.
    var isListedSomewhere: Bool?

    init(_ request: RequestState) {
        ask = request.ask
        key = request.key
        isForeignModel = request.ask.upstreamModel.holds("claude") || request.ask.upstreamModel.holds("gpt-oss")
    }
}

/// Who shall serve, if anybody.
enum Choice: Sendable, Equatable {
    case account(Int, Lease.Sticky, RequestState.BindingChange)
    /// Nobody now; soon.
    case wait(milliseconds: Int, WaitReason, account: String?)
    case nobody(FinalVerdict)
}

extension Scheduler {
    /// Locks at least this long make the substitute of a conversation its new account.
    static let moveMin = 120_000

    /// The account that is to serve the request now.
    mutating func choose(
        for request: RequestState, _ now: SchedulerInstant, _ random: inout some RandomNumberGenerator
    ) -> Choice {
        var demand = Demand(request)
        if let until = modelHolds.until(demand.ask.upstreamModel, at: now), request.tried.isEmpty {
            return .wait(milliseconds: now.milliseconds(until: until), .capacity, account: nil)
        }
        if let place = settings.preferredAccount.flatMap({ pool.place(of: $0) }),
            isOpen(place, request, &demand, now)
        {
            return .account(place, .preferred, .none)
        }
        var change = RequestState.BindingChange.none
        if let binding = request.binding.flatMap({ bindings[$0] }), let primary = pool.place(of: binding.account) {
            let sight = request.tried.contains(binding.account) ? .never : sight(primary, &demand, now)
            if sight.isOpen { return .account(primary, .hit, .none) }
            change = .move
            if case .later(let until, let reason) = sight {
                let left = now.milliseconds(until: until)
                if mayWaitForBound(left, reason, request, now) {
                    return .wait(milliseconds: left, reason, account: binding.account)
                }
                if left <= Self.moveMin { change = .detour }
            } else if sight == .held || request.tried.contains(binding.account) {
                change = lockLeft(primary, demand.key, now) > Self.moveMin ? .move : .detour
            }
            if let detour = binding.detour.flatMap({ pool.place(of: $0) }), isOpen(detour, request, &demand, now) {
                return .account(detour, .detour, change)
            }
        }
        if let place = rank(request, &demand, now, &random) {
            let sticky: Lease.Sticky = change != .none ? .detour : request.hasName ? .new : .none
            return .account(place, sticky, change)
        }
        return nobody(request, &demand, now)
    }

    private func mayWaitForBound(
        _ left: Int, _ reason: WaitReason, _ request: RequestState, _ now: SchedulerInstant
    ) -> Bool {
        settings.mode == .cacheFirst && (reason == .rate || reason == .busy) && !request.ask.isBackground
            && left <= settings.boundWaitMaxMilliseconds && now.advanced(by: left) < request.attemptsEnd
    }

    private func lockLeft(_ place: Int, _ key: Int, _ now: SchedulerInstant) -> Int {
        guard case .locked(_, let until) = pool[place].standing(key, at: now) else { return 0 }
        return now.milliseconds(until: until)
    }

    mutating func isOpen(
        _ place: Int, _ request: RequestState, _ demand: inout Demand, _ now: SchedulerInstant
    ) -> Bool {
        !request.tried.contains(pool[place].facts.id) && sight(place, &demand, now).isOpen
    }

    // MARK: One account

    /// Everything that decides whether an account may serve; the longest obstacle counts.
    func sight(_ place: Int, _ demand: inout Demand, _ now: SchedulerInstant) -> Sight {
        if pool.accounts[place].quota.lists(demand.key, at: now) == false {
            if demand.isListedSomewhere == nil { demand.isListedSomewhere = isListed(demand, now) }
            if demand.isListedSomewhere == true { return .never }
        }
        return pool.accounts[place].sight(demand, settings, now)
    }

    /// What no time changes: the owner's switches, the account's state, its kind.
    func allows(_ place: Int, _ demand: Demand) -> Bool { pool.accounts[place].allows(demand, settings) }

    private func isListed(_ demand: Demand, _ now: SchedulerInstant) -> Bool {
        pool.accounts.contains { $0.isUsable && $0.quota.lists(demand.key, at: now) == true }
    }

    // MARK: All accounts

    /// Asked first of all: nearly every request has tried nobody, and then no name need be compared.
    private func isUntried(_ place: Int, _ request: RequestState) -> Bool {
        request.tried.isEmpty || !request.tried.contains(pool[place].facts.id)
    }

    private mutating func rank(
        _ request: RequestState, _ demand: inout Demand, _ now: SchedulerInstant,
        _ random: inout some RandomNumberGenerator
    ) -> Int? {
        if settings.mode == .performanceFirst { return takeTurn(request, &demand, now) }
        if demand.ask.isBackground { return rankBackground(request, &demand, now) }
        var best = Candidates()
        var held = Candidates()
        for place in pool.indices where isUntried(place, request) {
            switch sight(place, &demand, now) {
            case .open(let isProbing): best.add(place, tier: pool[place].tier, isProbing)
            case .held: held.add(place, tier: pool[place].tier, false)
            case .later, .never: break
            }
        }
        return better(of: best.places.isEmpty ? held : best, demand.key, &random)
    }

    /// Background work takes what is worth least, and waits for it rather than take anything better.
    private func rankBackground(_ request: RequestState, _ demand: inout Demand, _ now: SchedulerInstant) -> Int? {
        var worst = Int.min
        var places: [Int] = []
        for place in pool.indices where isUntried(place, request) {
            let sight = sight(place, &demand, now)
            let isBusy = if case .later(_, .busy) = sight { true } else { false }
            guard sight.isOpen || isBusy, pool[place].tier >= worst else { continue }
            if pool[place].tier > worst {
                worst = pool[place].tier
                places = []
            }
            if sight.isOpen { places.append(place) }
        }
        return places.min { score($0, demand.key, false) < score($1, demand.key, false) }
    }

    private mutating func takeTurn(
        _ request: RequestState, _ demand: inout Demand, _ now: SchedulerInstant
    ) -> Int? {
        var held: Int?
        let count = pool.accounts.count
        for step in pool.indices {
            let place = (pool.turn + step) % count
            guard isUntried(place, request) else { continue }
            switch sight(place, &demand, now) {
            case .open:
                pool.turn = (place + 1) % count
                return place
            case .held: held = held ?? place
            case .later, .never: break
            }
        }
        if let held { pool.turn = (held + 1) % count }
        return held
    }

    /// Accounts of the best tier that has any.
    private struct Candidates {
        private(set) var places: [(place: Int, isProbing: Bool)] = []
        private var tier = Int.max

        mutating func add(_ place: Int, tier: Int, _ isProbing: Bool) {
            guard tier <= self.tier else { return }
            if tier < self.tier {
                self.tier = tier
                places.removeAll(keepingCapacity: true)
            }
            places.append((place, isProbing))
        }
    }

    /// The best of a few; of many, the better of two drawn at random: nearly as good, and no herd.
    private func better(
        of candidates: Candidates, _ key: Int, _ random: inout some RandomNumberGenerator
    ) -> Int? {
        var places = candidates.places
        if places.count > 3 {
            let first = Int.random(in: 0..<places.count, using: &random)
            let second = (first + Int.random(in: 1..<places.count, using: &random)) % places.count
            places = [places[first], places[second]]
        }
        guard var best = places.first else { return nil }
        for other in places.dropFirst() {
            let difference =
                score(other.place, key, other.isProbing) - score(best.place, key, best.isProbing)
            let isOlder = pool[other.place].lastGrantNumber < pool[best.place].lastGrantNumber
            if difference < -0.01 || abs(difference) <= 0.01 && isOlder { best = other }
        }
        return best.place
    }

    /// Small is good: how busy, how much of this quota is used, how often it failed, whether it is on probation.
    private func score(_ place: Int, _ key: Int, _ isProbing: Bool) -> Double {
        let most = settings.leasesPerAccountMax > 0 ? settings.leasesPerAccountMax : 8
        let load = Double(pool[place].leaseCount) / Double(most)
        let used = 1 - Double(pool[place].quota.remainingThousandths(key)) / 1000
        let trouble = 1 - Double(pool[place].health) / Double(PoolAccount.healthMax)
        return 10 * load + 5 * used + 4 * trouble + (isProbing ? 2 : 0)
    }

    // MARK: Nobody

    /// How long it takes until somebody can serve, or why nobody will.
    private func nobody(_ request: RequestState, _ demand: inout Demand, _ now: SchedulerInstant) -> Choice {
        var soonest: (at: SchedulerInstant, reason: WaitReason)?
        for place in pool.indices where isUntried(place, request) {
            guard case .later(let until, let reason) = sight(place, &demand, now) else { continue }
            if soonest == nil || until < soonest!.at { soonest = (until, reason) }
        }
        if let soonest {
            return .wait(milliseconds: now.milliseconds(until: soonest.at), soonest.reason, account: nil)
        }
        return .nobody(FinalVerdict(reasonForNobody(demand)))
    }

    /// What no account of the pool can do by its kind is said as such, and no owner could mend it.
    private func reasonForNobody(_ demand: Demand) -> FinalReason {
        let operation = demand.ask.operation
        let kinds = Set(pool.accounts.map(\.facts.kind))
        if kinds.contains(where: { settings.canServe($0, operation, foreignModel: demand.isForeignModel) }) {
            return .accountsUnusable
        }
        if kinds.contains(where: { settings.canServe($0, operation, foreignModel: false) }) { return .modelNotFound }
        return pool.isEmpty && operation != .embed ? .noAccounts : .operationUnsupported
    }
}

extension RequestState {
    /// Whether a binding can be made for it.
    var hasName: Bool { ask.operation.hasSession && (!ask.sessions.isEmpty || ask.clientHint != nil) }
}
