import IPC
import Platform
import Scheduling

/// What the lease desk itself must remember of a request, until its exchange ends.
final class RequestNote {
    let requestID: String
    /// Of the last lease that was asked for.
    var attempt: UInt32
    private(set) var upstreamModel: String
    private(set) var worker: Int
    /// The token generation each lease of the request was given.
    var generation: Int?
    /// What Google said of the last failed attempt.
    var upstreamText = ""
    /// When the request asked for the lease that it waits for.
    private var askedAt: MonotonicInstant? = EventLoop.now
    private(set) var upstreamMilliseconds = 0
    private(set) var waitingMilliseconds = 0
    private(set) var lastClass: AttemptClass?

    init(_ message: borrowing LeaseRequest, worker: Int) {
        requestID = message.requestID
        attempt = message.attempt
        upstreamModel = message.upstreamModel
        self.worker = worker
    }

    /// Says outright that nothing here needs the loop to be freed: one is freed per request.
    nonisolated deinit {}

    func ask(_ message: borrowing LeaseRequest, worker: Int) {
        (attempt, upstreamModel) = (message.attempt, message.upstreamModel)
        self.worker = worker
        askedAt = EventLoop.now
    }

    /// - Parameters:
    ///   - generation: of the token that the lease was given.
    ///   - delay: how long the worker is to wait before it uses the lease.
    func noteAnswer(generation: Int, delayMilliseconds delay: Int = 0) {
        self.generation = generation
        noteAnswer()
        waitingMilliseconds += delay
    }

    /// The request waits no longer: it has its lease, is refused, or its client has gone.
    func noteAnswer() {
        guard let askedAt else { return }
        waitingMilliseconds += (EventLoop.now - askedAt).milliseconds
        self.askedAt = nil
    }

    func noteAttempt(_ outcome: AttemptOutcome) {
        askedAt = EventLoop.now
        upstreamMilliseconds += Int(outcome.durationMilliseconds)
        lastClass = AttemptClass(wire: outcome.outcomeClass)
    }
}
