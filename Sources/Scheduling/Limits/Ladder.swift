/// How long the next lock of one kind is: longer each time in a row.
struct Ladder: Sendable, Equatable {
    /// Failures in a row that were counted.
    private(set) var count = 0
    /// Without a further failure until then, the count begins anew.
    private var forgetAt = SchedulerInstant.distantPast

    /// Counts a failure and says how long its lock is, before jitter.
    mutating func step(_ milliseconds: [Int], now: SchedulerInstant) -> Int {
        advance(now)
        return milliseconds[min(count, milliseconds.count) - 1]
    }

    /// Counts a failure whose lock has a length of its own.
    mutating func advance(_ now: SchedulerInstant) {
        if now >= forgetAt { count = 0 }
        count += 1
    }

    /// The lock that belongs to the last step.
    mutating func locked(until end: SchedulerInstant, for milliseconds: Int) {
        forgetAt = end.advanced(by: max(Self.memoryMin, 2 * milliseconds))
    }

    mutating func reset() { self = Ladder() }

    /// What is kept over a restart.
    init(count: Int = 0, forgetAt: SchedulerInstant = .distantPast) {
        self.count = count
        self.forgetAt = forgetAt
    }

    var remembersUntil: SchedulerInstant { forgetAt }

    /// Milliseconds until the count begins anew by itself; 0 if there is nothing to forget.
    func remembersFor(at now: SchedulerInstant) -> Int { count == 0 ? 0 : max(0, now.milliseconds(until: forgetAt)) }

    private static let memoryMin = 3_600_000
}

/// The lengths of the steps, in milliseconds.
enum LadderSteps {
    static let rate = [5_000, 10_000, 30_000, 60_000]
    static let bare = [10_000, 30_000, 60_000]
    static let credits = [3_600_000, 7_200_000]
    static let capacity = [1_000, 2_000, 4_000, 8_000, 15_000]
    static let endpoint = [2_000, 5_000, 15_000]
    static let missingModel = [60_000, 600_000, 21_600_000]
    static let authentication = [300_000, 1_800_000, 7_200_000]
    static let validation = [600_000, 3_600_000, 21_600_000]
    static let refresh = [5_000, 15_000, 60_000]
    static let quarantine = [15_000, 30_000, 60_000]
    static let project = [600_000]
    static let forbidden = 1_800_000

    /// Upstream errors in a row: eight seconds more each time, two minutes at most.
    static let outlier = (1...15).map { min(8_000 * $0, 120_000) }

    /// Nothing is locked for longer.
    static let lockMax = 8 * 86_400_000
    static let quotaMin = 60_000
    static let rateMin = 2_000
    static let capacityMax = 60_000
    /// How long a lone bare 429 makes an account second choice.
    static let hold = 2_000

    /// Spreads the ends of locks that began together: a fifth more or less.
    static func jittered(_ milliseconds: Int, _ random: inout some RandomNumberGenerator) -> Int {
        milliseconds + Int.random(in: -(milliseconds / 5)...(milliseconds / 5), using: &random)
    }

    /// Times that the upstream stated are kept, but for a moment.
    static func stated(_ milliseconds: Int, _ random: inout some RandomNumberGenerator) -> Int {
        milliseconds + Int.random(in: 0...250, using: &random)
    }
}
