/// What one account can do for one quota key: the unit of every cooldown.
///
///     ready ── held ──► ready                      (held: second choice, not forbidden)
///     ready ── cooling, exhausted ── time ──► probing ── success ──► ready
///                                             probing ── the same again ──► locked longer
///
/// Nothing runs when a lock ends: what a moment means for the cell is worked out when somebody looks.
struct Cell: Sendable, Equatable {
    /// Ordered by gravity.
    enum Lock: Int, Sendable, Comparable {
        case none, held, cooling, exhausted

        static func < (a: Lock, b: Lock) -> Bool { a.rawValue < b.rawValue }
    }

    enum Standing: Sendable, Equatable {
        case ready
        /// One lease may find out whether the trouble is over.
        case probing(isFree: Bool)
        /// Only if nothing better is there.
        case held
        case locked(Lock, until: SchedulerInstant)
    }

    private(set) var lock = Lock.none
    private(set) var until = SchedulerInstant.distantPast
    /// When the lock in force began.
    private(set) var lockedAt = SchedulerInstant.distantPast
    /// The class of failure behind it.
    private(set) var reason: AttemptClass?
    /// A lock has ended and no success has been seen since.
    private(set) var isProbing = false
    /// The lease that probes.
    var probe: String?
    var ladders: [LadderKind: Ladder] = [:]
    private(set) var strikes = Strikes()
    private(set) var bare = BareRefusals()
    /// When a quota read last opened the cell early, and whether the probe after it failed: the upstream is known to report
    /// a full quota while it refuses.
    private(set) var openedEarlyAt: SchedulerInstant?
    private(set) var distrustsReads = false
    /// The first quota reads after a restart say nothing that was not known before it.
    private var opensEarlyFrom = SchedulerInstant.distantPast
    /// The reset time was not stated: a quota read may bring it.
    var awaitsReset = false
    /// Tokens of the optional rate limit, in thousandths, and when they were counted.
    var bucket: TokenBucket?

    /// Cooling shorter than this needs no probe.
    static let probelessMax = 5_000
    /// A cell is opened early at most this often.
    static let earlyOpeningInterval = 600_000

    func standing(at now: SchedulerInstant) -> Standing {
        switch lock {
        case .held where now < until: return isProbing ? .probing(isFree: probe == nil) : .held
        case .cooling where now < until, .exhausted where now < until: return .locked(lock, until: until)
        case .exhausted: return .probing(isFree: probe == nil)
        case .cooling where lockedAt.milliseconds(until: until) >= Self.probelessMax:
            return .probing(isFree: probe == nil)
        case .none, .held, .cooling: return isProbing ? .probing(isFree: probe == nil) : .ready
        }
    }

    /// A lease goes out on the cell.
    mutating func grant(_ lease: String, now: SchedulerInstant) {
        guard case .probing(isFree: true) = standing(at: now) else { return }
        if lock != .held { lock = .none }
        isProbing = true
        probe = lease
    }

    /// The lease is over, whatever came of it.
    mutating func release(_ lease: String) {
        if probe == lease { probe = nil }
    }

    /// A new lock never shortens a longer one and never softens a graver one.
    mutating func lock(_ kind: Lock, for milliseconds: Int, because reason: AttemptClass, now: SchedulerInstant) {
        let end = now.advanced(by: min(milliseconds, LadderSteps.lockMax))
        let isInForce = lock != .none && now < until
        if isInForce, lock >= kind, until >= end { return }
        if !isInForce || kind > lock {
            lock = kind
            self.reason = reason
        }
        until = isInForce ? max(until, end) : end
        lockedAt = now
        if kind != .held { isProbing = false }
    }

    /// The upstream served: all is well. A success that was on its way before the lock began proves nothing.
    mutating func succeed(grantedAt: SchedulerInstant, now: SchedulerInstant) {
        strikes = Strikes()
        bare = BareRefusals()
        if case .locked = standing(at: now), grantedAt < lockedAt { return }
        lock = .none
        until = .distantPast
        reason = nil
        isProbing = false
        probe = nil
        ladders = [:]
        distrustsReads = false
        awaitsReset = false
    }

    /// Whether a failure of a lease granted then says something new: of many that failed together only one counts.
    func counts(grantedAt: SchedulerInstant) -> Bool { grantedAt >= lockedAt }

    /// Counts an upstream error that may be the account's. True: three in a row, close together.
    mutating func strike(now: SchedulerInstant) -> Bool { strikes.add(now) }

    mutating func noteBare(_ digest: [UInt8], now: SchedulerInstant) -> Int { bare.add(digest, now) }

    /// A quota read shows that something is left: the next request may try, once in a while.
    mutating func openEarly(now: SchedulerInstant) {
        guard lock == .exhausted, now < until, !distrustsReads, now >= opensEarlyFrom else { return }
        if let last = openedEarlyAt, last.milliseconds(until: now) < Self.earlyOpeningInterval { return }
        openedEarlyAt = now
        lock = .none
        until = .distantPast
        isProbing = true
    }

    /// The quota is gone again although a read had opened the cell.
    mutating func noteFailedProbe() {
        if isProbing, openedEarlyAt != nil { distrustsReads = true }
    }

    /// The operator's word: as new.
    mutating func clear() { self = Cell() }

    /// Adds what was kept over a restart to what has been learnt since.
    mutating func merge(kept: Cell, now: SchedulerInstant) {
        guard self != Cell() else {
            self = kept
            opensEarlyFrom = now.advanced(by: Self.earlyOpeningInterval)
            return
        }
        if kept.lock != .none, let reason = kept.reason {
            lock(kept.lock, for: now.milliseconds(until: kept.until), because: reason, now: now)
        }
        ladders.merge(kept.ladders) { $0.count >= $1.count ? $0 : $1 }
    }

    /// What was kept over a restart.
    init(
        lock: Lock = .none, until: SchedulerInstant = .distantPast, lockedAt: SchedulerInstant = .distantPast,
        reason: AttemptClass? = nil, isProbing: Bool = false, ladders: [LadderKind: Ladder] = [:]
    ) {
        self.lock = lock
        self.until = until
        self.lockedAt = lockedAt
        self.reason = reason
        self.isProbing = isProbing
        self.ladders = ladders
    }
}

/// Failures of one kind never make the locks of another longer.
enum LadderKind: String, Sendable, Hashable, CaseIterable { case quota, credits, rate, bare, outlier, project }

/// Upstream errors in a row on a cell.
struct Strikes: Sendable, Equatable {
    static let countMax = 3
    static let window = 60_000

    private var times: [SchedulerInstant] = []

    mutating func add(_ now: SchedulerInstant) -> Bool {
        times = times.suffix(Self.countMax - 1).filter { $0.milliseconds(until: now) <= Self.window } + [now]
        guard times.count == Self.countMax else { return false }
        times = []
        return true
    }
}

/// Different requests that were answered a bare 429 in the last minute: one is suspected itself, several accuse the account.
struct BareRefusals: Sendable, Equatable {
    static let window = 60_000
    /// More are not told apart.
    static let digestsMax = 8

    private var seen: [Seen] = []

    private struct Seen: Sendable, Equatable {
        let digest: [UInt8]
        var at: SchedulerInstant
    }

    /// - Returns: how many different ones there are now.
    mutating func add(_ digest: [UInt8], _ now: SchedulerInstant) -> Int {
        seen.removeAll { $0.digest == digest || $0.at.milliseconds(until: now) > Self.window }
        if seen.count >= Self.digestsMax { seen.removeFirst() }
        seen.append(Seen(digest: digest, at: now))
        return seen.count
    }
}

/// The operator's optional limit of requests per minute on a cell.
struct TokenBucket: Sendable, Equatable {
    private var thousandths: Int
    private var countedAt: SchedulerInstant

    init(rpm: Int, now: SchedulerInstant) {
        thousandths = Self.capacity(rpm)
        countedAt = now
    }

    static func capacity(_ rpm: Int) -> Int { max(1_000, rpm * 1_000 / 6) }

    func available(rpm: Int, at now: SchedulerInstant) -> Int {
        let refill = min(countedAt.milliseconds(until: now), 3_600_000) * rpm / 60
        return min(Self.capacity(rpm), thousandths + refill)
    }

    mutating func take(rpm: Int, now: SchedulerInstant) {
        thousandths = available(rpm: rpm, at: now) - 1_000
        countedAt = now
    }

    /// When the next token is there.
    func nextToken(rpm: Int, at now: SchedulerInstant) -> SchedulerInstant {
        let missing = 1_000 - available(rpm: rpm, at: now)
        return missing <= 0 ? now : now.advanced(by: (missing * 60 + rpm - 1) / rpm)
    }
}

/// Whether one account has one model at all.
struct ModelCell: Sendable, Equatable {
    var until: SchedulerInstant
    var probe: String?
    var ladder = Ladder()

    /// After the lock one lease finds out.
    func isOpen(at now: SchedulerInstant) -> Bool { now >= until && probe == nil }
}
