/// One account as the scheduler sees it: facts from outside, and everything learnt from serving with it.
struct PoolAccount: Sendable, Equatable {
    private(set) var facts: AccountFacts
    private(set) var tier = Tiers.unknownRank
    var state = AccountState.active
    /// Failures in a row that led to the present state.
    var stateLadder = Ladder()
    /// When the service looks at a state or a dead refresh token by itself; nil when it does not.
    var probeAt: SchedulerInstant?
    /// A probe has been asked for and not answered.
    var isProbed = false
    /// When a quota read was last asked for because of a limit.
    var quotaAskedAt = SchedulerInstant.distantPast
    /// No token for the moment.
    var heldUntil = SchedulerInstant.distantPast
    var holdLadder = Ladder()
    /// Thousandths; 1000 is spotless.
    private(set) var health = Self.healthMax
    /// Live leases, and those of background work among them.
    var leaseCount = 0
    var backgroundLeaseCount = 0
    var lastGrantAt = SchedulerInstant.distantPast
    /// Place in the order of all grants.
    var lastGrantNumber = 0
    /// By key number; a missing one is as new.
    var cells: [Cell?] = []
    /// By upstream model: only those that were missing once.
    var modelCells: [String: ModelCell] = [:]
    private(set) var quota = QuotaView()

    static let healthMax = 1_000
    /// Models that are remembered as missing.
    static let modelCellsMax = 256

    init(_ facts: AccountFacts, _ settings: SchedulerSettings, _ keys: inout KeyIndex) {
        self.facts = facts
        update(facts, settings, &keys)
    }

    mutating func update(_ facts: AccountFacts, _ settings: SchedulerSettings, _ keys: inout KeyIndex) {
        self.facts = facts
        tier = settings.tiers.rank(of: facts.tier)
        quota = facts.quota.map { QuotaView($0, settings.protection, &keys) } ?? QuotaView()
    }

    /// A lease goes out on it.
    mutating func begin(_ lease: String, _ key: Int, _ model: String, now: SchedulerInstant) {
        if key < cells.count, cells[key] != nil { cells[key]!.grant(lease, now: now) }
        if !modelCells.isEmpty, modelCells[model] != nil { modelCells[model]!.probe = lease }
    }

    /// The lease is over, whatever came of it.
    mutating func end(_ lease: String, _ key: Int, _ model: String) {
        if key < cells.count, cells[key] != nil { cells[key]!.release(lease) }
        if !modelCells.isEmpty, modelCells[model]?.probe == lease { modelCells[model]!.probe = nil }
    }

    /// The upstream served a request of this key and model.
    ///
    /// - Returns: whether that ended something that is kept over a restart.
    mutating func succeed(_ key: Int, _ model: String, grantedAt: SchedulerInstant, now: SchedulerInstant) -> Bool {
        var endsSomething = false
        if key < cells.count, cells[key] != nil {
            endsSomething = cells[key]!.lock != .none
            cells[key]!.succeed(grantedAt: grantedAt, now: now)
        }
        if !modelCells.isEmpty, modelCells.removeValue(forKey: model) != nil { endsSomething = true }
        holdLadder.reset()
        health = min(Self.healthMax, health + 50)
        return endsSomething
    }

    /// The service and the operator let it serve.
    var isUsable: Bool { facts.isPooled && state.isActive }

    /// Whether the account is known to have the key; nil when nothing fresh is known.
    mutating func lists(_ key: Int, at now: SchedulerInstant) -> Bool? { quota.lists(key, at: now) }

    /// When the service is to look at the account, or to read its quota, by itself.
    var nextLook: SchedulerInstant? {
        guard quota.hasProtection, let end = quota.protectionEnd else { return probeAt }
        let read = max(end, quotaAskedAt.advanced(by: Scheduler.quotaReadInterval))
        return min(probeAt ?? read, read)
    }

    /// Whatever the account has never been asked for is ready.
    func standing(_ key: Int, at now: SchedulerInstant) -> Cell.Standing {
        key < cells.count ? cells[key]?.standing(at: now) ?? .ready : .ready
    }

    /// Changes a cell in place.
    mutating func withCell<R>(_ key: Int, _ change: (inout Cell) -> R) -> R {
        while cells.count <= key { cells.append(nil) }
        if cells[key] == nil { cells[key] = Cell() }
        return change(&cells[key]!)
    }

    mutating func blame() { health = max(0, health - 200) }

    /// What was kept over a restart, unless the account has become worse since.
    mutating func restore(health kept: Int) { health = min(health, max(0, kept)) }

    /// Counts a model that the upstream does not know for this account.
    mutating func missModel(_ model: String, now: SchedulerInstant, _ random: inout some RandomNumberGenerator) {
        if modelCells[model] == nil, modelCells.count >= Self.modelCellsMax {
            modelCells = modelCells.filter { $0.value.until > now }
            guard modelCells.count < Self.modelCellsMax else { return }
        }
        var cell = modelCells[model] ?? ModelCell(until: now)
        let length = LadderSteps.jittered(cell.ladder.step(LadderSteps.missingModel, now: now), &random)
        cell.until = now.advanced(by: length)
        cell.ladder.locked(until: cell.until, for: length)
        modelCells[model] = cell
    }
}

/// What the last quota read means for selection, by key number.
struct QuotaView: Sendable, Equatable {
    /// Bits of the keys whose models were listed; nil when nothing was.
    private(set) var listed: UInt64?
    private var listedUntil = SchedulerInstant.distantPast
    private(set) var takenAt = SchedulerInstant.distantPast
    /// Smallest remaining percentage of a key; -1 when unknown.
    private var remaining: [Int] = []
    private var resets: [SchedulerInstant?] = []
    /// Bits of the keys that the operator wants spared at this level.
    private var spared: UInt64 = 0

    /// What a read says of models counts for a day.
    static let listMax = 86_400_000

    init() {}

    init(_ snapshot: QuotaSnapshot, _ protection: QuotaProtection, _ keys: inout KeyIndex) {
        takenAt = snapshot.takenAt
        listedUntil = snapshot.takenAt.advanced(by: Self.listMax)
        var bits: UInt64 = 0
        let monitored = protection.isEnabled ? Set(protection.monitoredModels.map { keys.number(ofModel: $0) }) : []
        for model in snapshot.models {
            let key = keys.number(ofModel: model.name)
            bits |= 1 << UInt64(key)
            while remaining.count <= key {
                remaining.append(-1)
                resets.append(nil)
            }
            if remaining[key] < 0 || model.percentage < remaining[key] {
                remaining[key] = model.percentage
                resets[key] = model.resetAt
            }
        }
        if bits != 0 { listed = bits }
        for key in monitored where remaining.indices.contains(key) && remaining[key] >= 0 {
            if remaining[key] <= protection.thresholdPercentage { spared |= 1 << UInt64(key) }
        }
    }

    /// Whether the account is known to have the key; nil when nothing fresh is known.
    mutating func lists(_ key: Int, at now: SchedulerInstant) -> Bool? {
        guard let listed, now < listedUntil else { return nil }
        return listed & (1 << UInt64(key)) != 0
    }

    /// What is left, in thousandths; half when unknown.
    func remainingThousandths(_ key: Int) -> Int {
        guard remaining.indices.contains(key), remaining[key] >= 0 else { return 500 }
        return remaining[key] * 10
    }

    func percentage(_ key: Int) -> Int? {
        remaining.indices.contains(key) && remaining[key] >= 0 ? remaining[key] : nil
    }

    func reset(_ key: Int) -> SchedulerInstant? { resets.indices.contains(key) ? resets[key] : nil }

    var hasProtection: Bool { spared != 0 }

    /// The first reset time of a spared key.
    var protectionEnd: SchedulerInstant? {
        resets.indices.filter { spared & (1 << UInt64($0)) != 0 }.compactMap { resets[$0] }.min()
    }

    /// A spared key is full again by now: only a new read can tell.
    func hasEndedProtection(at now: SchedulerInstant) -> Bool {
        guard spared != 0, let end = protectionEnd else { return false }
        return end <= now
    }

    /// Whether the operator's protection keeps the key from being used now, and until when; an end of nil is unknown.
    func protection(_ key: Int, at now: SchedulerInstant) -> (isOn: Bool, until: SchedulerInstant?) {
        guard spared & (1 << UInt64(key)) != 0 else { return (false, nil) }
        guard let reset = reset(key) else { return (true, nil) }
        return (now < reset, reset)
    }
}

/// Which quotas the operator wants to keep a rest of.
public struct QuotaProtection: Sendable, Equatable {
    public var isEnabled = false
    /// An account at or below this much of a monitored quota is spared, 1...99.
    public var thresholdPercentage = 10
    /// Upstream models whose quota keys are watched.
    public var monitoredModels = ["claude-sonnet-4-5", "gemini-3-pro-high", "gemini-3-flash", "gemini-3-pro-image"]

    public init() {}
}
