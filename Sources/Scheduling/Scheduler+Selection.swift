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
        for owner: Int, _ now: SchedulerInstant, _ random: inout some RandomNumberGenerator
    ) -> Choice {
        var demand = demand(of: owner)
        if demand.tried.isEmpty, let until = modelHolds.until(demand.model, at: now) {
            return .wait(milliseconds: now.milliseconds(until: until), .capacity, account: nil)
        }
        if let place = settings.preferredAccount.flatMap({ pool.place(of: $0) }), isOpen(place, &demand, now) {
            return .account(place, .preferred, .none)
        }
        var change = RequestState.BindingChange.none
        if let binding = demand.binding, let primary = bindings.account(of: binding) {
            let isUntried = isUntried(primary, demand)
            let sight = isUntried ? sight(primary, &demand, now) : .never
            if sight.isOpen { return .account(primary, .hit, .none) }
            change = .move
            if case .later(let until, let reason) = sight {
                let left = now.milliseconds(until: until)
                if mayWaitForBound(left, reason, demand, now) {
                    return .wait(milliseconds: left, reason, account: pool[primary].facts.id)
                }
                if left <= Self.moveMin { change = .detour }
            } else if sight == .held || !isUntried {
                change = lockLeft(primary, demand.key, now) > Self.moveMin ? .move : .detour
            }
            if let detour = bindings[binding]?.detour, isOpen(detour, &demand, now) {
                return .account(detour, .detour, change)
            }
        }
        if let place = rank(&demand, now, &random) {
            let sticky: Lease.Sticky = change != .none ? .detour : demand.hasName ? .new : .none
            return .account(place, sticky, change)
        }
        return nobody(&demand, now)
    }

    private mutating func mayWaitForBound(
        _ left: Int, _ reason: WaitReason, _ demand: Demand, _ now: SchedulerInstant
    ) -> Bool {
        settings.mode == .cacheFirst && (reason == .rate || reason == .busy) && !demand.isBackground
            && left <= settings.boundWaitMaxMilliseconds && now.advanced(by: left) < demand.attemptsEnd
    }

    private mutating func lockLeft(_ place: Int, _ key: Int, _ now: SchedulerInstant) -> Int {
        guard case .locked(_, let until) = pool[place].standing(key, at: now) else { return 0 }
        return now.milliseconds(until: until)
    }

    private mutating func isOpen(_ place: Int, _ demand: inout Demand, _ now: SchedulerInstant) -> Bool {
        isUntried(place, demand) && sight(place, &demand, now).isOpen
    }

    // MARK: One account

    /// Everything that decides whether an account may serve; the longest obstacle counts.
    mutating func sight(_ place: Int, _ demand: inout Demand, _ now: SchedulerInstant) -> Sight {
        if pool[place].lists(demand.key, at: now) == false {
            if demand.isListedSomewhere == nil { demand.isListedSomewhere = isListed(demand, now) }
            if demand.isListedSomewhere == true { return .never }
        }
        return pool[place].sight(demand, now)
    }

    private mutating func isListed(_ demand: Demand, _ now: SchedulerInstant) -> Bool {
        pool.indices.contains {
            pool[$0].isUsable && pool[$0].lists(demand.key, at: now) == true
        }
    }

    /// Asked first of all: nearly every request has tried nobody, and then no name need be compared.
    mutating func isUntried(_ place: Int, _ demand: Demand) -> Bool {
        demand.tried.isEmpty || !demand.tried.contains(pool[place].facts.id)
    }

    // MARK: All accounts

    private mutating func rank(
        _ demand: inout Demand, _ now: SchedulerInstant, _ random: inout some RandomNumberGenerator
    ) -> Int? {
        if settings.mode == .performanceFirst { return takeTurn(&demand, now) }
        if demand.isBackground { return rankBackground(&demand, now) }
        var held: [Candidate] = []
        for members in pool.tiers {
            if members.count >= Self.drawMin, let pair = drawTwo(of: members, &demand, now, &random) {
                return better(of: pair.0, pair.1, demand.key).place
            }
            var open: [Candidate] = []
            var second: [Candidate] = []
            for place in members where isUntried(place, demand) {
                switch sight(place, &demand, now) {
                case .open(let isProbing): open.append(Candidate(place: place, isProbing: isProbing))
                case .held: second.append(Candidate(place: place, isProbing: false))
                case .later, .never: break
                }
            }
            if !open.isEmpty { return best(of: open, demand.key, &random) }
            if held.isEmpty { held = second }
        }
        return best(of: held, demand.key, &random)
    }

    /// Background work takes what is worth least, and waits for it rather than take anything better.
    private mutating func rankBackground(_ demand: inout Demand, _ now: SchedulerInstant) -> Int? {
        var worst = Int.min
        var places: [Int] = []
        for place in pool.indices where isUntried(place, demand) {
            let sight = sight(place, &demand, now)
            let isBusy = if case .later(_, .busy) = sight { true } else { false }
            guard sight.isOpen || isBusy, pool[place].tier >= worst else { continue }
            if pool[place].tier > worst {
                worst = pool[place].tier
                places = []
            }
            if sight.isOpen { places.append(place) }
        }
        let key = demand.key
        return places.min {
            score(Candidate(place: $0, isProbing: false), key) < score(Candidate(place: $1, isProbing: false), key)
        }
    }

    private mutating func takeTurn(_ demand: inout Demand, _ now: SchedulerInstant) -> Int? {
        var held: Int?
        let count = pool.accounts.count
        for step in pool.indices {
            let place = (pool.turn + step) % count
            guard isUntried(place, demand) else { continue }
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

    /// An account that may serve.
    private struct Candidate: Sendable {
        var place = 0
        var isProbing = false
    }

    // MARK: The better of two

    /// Of fewer accounts all are looked at.
    private static let drawMin = 8
    /// After so many draws all are looked at.
    private static let drawsMax = 16

    /// Two different open accounts of many, each pair as likely as any other, without a look at all of them. The draws must
    /// meet four that are open: of three or fewer, all are to be compared.
    ///
    /// - Returns: nil if they did not; most accounts are busy or locked then.
    private mutating func drawTwo(
        of places: [Int], _ demand: inout Demand, _ now: SchedulerInstant, _ random: inout some RandomNumberGenerator
    ) -> (Candidate, Candidate)? {
        var dice = Dice(seed: random.next())
        var drawn: InlineArray<4, Candidate> = .init(repeating: Candidate())
        var count = 0
        for _ in 0..<Self.drawsMax {
            let place = places[dice.roll(places.count)]
            guard !(0..<count).contains(where: { drawn[$0].place == place }), isUntried(place, demand),
                case .open(let isProbing) = sight(place, &demand, now)
            else { continue }
            drawn[count] = Candidate(place: place, isProbing: isProbing)
            count += 1
            if count == drawn.count { return (drawn[0], drawn[1]) }
        }
        return nil
    }

    /// The best of a few; of many, the better of two drawn at random: nearly as good, and no herd.
    private mutating func best(
        of candidates: [Candidate], _ key: Int, _ random: inout some RandomNumberGenerator
    ) -> Int? {
        guard var best = candidates.first else { return nil }
        if candidates.count > 3 {
            let first = Int.random(in: 0..<candidates.count, using: &random)
            let second = (first + Int.random(in: 1..<candidates.count, using: &random)) % candidates.count
            return better(of: candidates[first], candidates[second], key).place
        }
        for other in candidates.dropFirst() { best = better(of: best, other, key) }
        return best.place
    }

    private mutating func better(of first: Candidate, _ second: Candidate, _ key: Int) -> Candidate {
        let difference = score(second, key) - score(first, key)
        let isOlder = pool[second.place].lastGrantNumber < pool[first.place].lastGrantNumber
        return difference < -0.01 || abs(difference) <= 0.01 && isOlder ? second : first
    }

    /// Small is good: how busy, how much of this quota is used, how often it failed, whether it is on probation.
    private mutating func score(_ candidate: Candidate, _ key: Int) -> Double {
        let place = candidate.place
        let most = settings.leasesPerAccountMax > 0 ? settings.leasesPerAccountMax : 8
        let load = Double(pool[place].leaseCount) / Double(most)
        let used = 1 - Double(pool[place].quota.remainingThousandths(key)) / 1000
        let trouble = 1 - Double(pool[place].health) / Double(PoolAccount.healthMax)
        return 10 * load + 5 * used + 4 * trouble + (candidate.isProbing ? 2 : 0)
    }

    // MARK: Nobody

    /// How long it takes until somebody can serve, or why nobody will.
    private mutating func nobody(_ demand: inout Demand, _ now: SchedulerInstant) -> Choice {
        var soonest: (at: SchedulerInstant, reason: WaitReason)?
        for place in pool.indices where isUntried(place, demand) {
            guard case .later(let until, let reason) = sight(place, &demand, now) else { continue }
            if soonest == nil || until < soonest!.at { soonest = (until, reason) }
        }
        if let soonest {
            return .wait(milliseconds: now.milliseconds(until: soonest.at), soonest.reason, account: nil)
        }
        return .nobody(FinalVerdict(reasonForNobody(demand)))
    }

    /// What no account of the pool can do by its kind is said as such, and no owner could mend it.
    private mutating func reasonForNobody(_ demand: Demand) -> FinalReason {
        let kinds = pool.accounts.reduce(into: AccountKindSet()) { $0.formUnion(AccountKindSet($1.facts.kind)) }
        if !kinds.isDisjoint(with: demand.kinds) { return .accountsUnusable }
        let forAnyModel = settings.kinds(for: demand.operation, foreignModel: false)
        if !kinds.isDisjoint(with: forAnyModel) { return .modelNotFound }
        return pool.isEmpty && demand.operation != .embed ? .noAccounts : .operationUnsupported
    }
}

/// SplitMix64: several even rolls for one number of the system's, which costs a system call.
private struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// 0 up to `count`, without it.
    mutating func roll(_ count: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var number = state
        number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
        number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
        number ^= number >> 31
        return Int(number.multipliedFullWidth(by: UInt64(count)).high)
    }
}
