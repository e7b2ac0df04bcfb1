import IPC
import Platform
import Scheduling

/// What the lease desk itself must remember of a request, until its exchange ends.
final class RequestNote {
    /// Of the last lease that was asked for.
    var attempt: UInt32
    private(set) var upstreamModel: String
    private(set) var worker: Int
    /// The token generation each lease of the request was given.
    var generation: Int?
    /// What Google said of the last failed attempt.
    var upstreamText = ""
    /// When the request asked for the lease that it waits for.
    var askedAt: MonotonicInstant? = .now
    private(set) var upstreamMilliseconds = 0
    private(set) var waitingMilliseconds = 0
    private(set) var lastClass: AttemptClass?

    init(_ message: LeaseRequest, worker: Int) {
        (attempt, upstreamModel) = (message.attempt, message.upstreamModel)
        self.worker = worker
    }

    func ask(_ message: LeaseRequest, worker: Int) {
        (attempt, upstreamModel) = (message.attempt, message.upstreamModel)
        self.worker = worker
        askedAt = .now
    }

    func noteAnswer() {
        guard let askedAt else { return }
        waitingMilliseconds += (MonotonicInstant.now - askedAt).milliseconds
        self.askedAt = nil
    }

    func noteAttempt(_ outcome: AttemptOutcome) {
        askedAt = .now
        upstreamMilliseconds += Int(outcome.durationMilliseconds)
        lastClass = AttemptClass(wire: outcome.outcomeClass)
    }
}
