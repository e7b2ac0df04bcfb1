import APIErrors
import IPC
import Scheduling

/// Counts what becomes of leases since the start, for `/metrics`.
nonisolated struct LeaseMeter {
    /// Upper bounds of the buckets of the time to first content, in milliseconds: from an answer out of a cache to the limit
    /// of thinking models.
    static let firstContentBounds = [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000]

    /// By the class as workers report it.
    private var attemptCounts = [Int](repeating: 0, count: Int(UInt8.max) + 1)
    /// Further attempts, by the class of the failure that they follow.
    private(set) var retries: [AttemptClass: Int] = [:]
    private(set) var denials: [Situation: Int] = [:]
    private(set) var waits = 0
    private(set) var firstContent = Histogram(bounds: firstContentBounds)
    /// Milliseconds of ended exchanges: with the upstream, waiting for a lease, and everything else.
    private(set) var upstreamMilliseconds = 0
    private(set) var waitingMilliseconds = 0
    private(set) var ownMilliseconds = 0
    private(set) var exchanges = 0

    mutating func noteAttempt(_ outcome: AttemptOutcome) {
        attemptCounts[Int(outcome.outcomeClass)] += 1
        if let first = outcome.firstContentMilliseconds { firstContent.add(Int(first)) }
    }

    var attempts: [AttemptClass: Int] {
        attemptCounts.indices.reduce(into: [:]) { attempts, raw in
            guard attemptCounts[raw] > 0 else { return }
            attempts[AttemptClass(wire: UInt8(raw)), default: 0] += attemptCounts[raw]
        }
    }

    mutating func noteRetry(after attemptClass: AttemptClass) { retries[attemptClass, default: 0] += 1 }

    mutating func noteDenial(_ final: FinalError) {
        guard let situation = Situation(rawValue: final.situation) else { return }
        denials[situation, default: 0] += 1
    }

    mutating func noteWait() { waits += 1 }

    /// - Parameters:
    ///   - upstream: milliseconds of all attempts of the exchange.
    ///   - waiting: milliseconds from its requests for a lease to their answers.
    mutating func noteExchange(_ milliseconds: Int, upstream: Int, waiting: Int) {
        exchanges += 1
        upstreamMilliseconds += upstream
        waitingMilliseconds += waiting
        ownMilliseconds += max(0, milliseconds - upstream - waiting)
    }
}

/// How often values fell below each of some bounds.
nonisolated struct Histogram {
    let bounds: [Int]
    /// Of each bucket alone; the last one has no bound.
    private(set) var counts: [Int]
    private(set) var sum = 0

    init(bounds: [Int]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    mutating func add(_ value: Int) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }
}
