import Platform

/// One tunnel from the operator's wish for it to its end, through as many processes as it takes. Pure: `Tunnel` performs the
/// actions.
nonisolated struct TunnelLifecycle: Equatable {
    enum State: Equatable {
        case stopped
        /// A process is being started, or runs and has no connection with Cloudflare yet.
        case starting
        /// So many connections with Cloudflare.
        case connected(Int)
        /// The process runs; its connections are lost.
        case degraded
        /// The process has ended; the next one will be started.
        case backoff
        /// The operator wants it gone; the process still runs.
        case stopping
        /// Nothing runs, and nothing will be started unless the operator asks for it.
        case failed(Failure)
    }

    enum Failure: Equatable {
        case notInstalled
        /// The system's number of an error (errno).
        case couldNotStart(Int32)
        /// cloudflared does not take its words or its token; it would not the next time either.
        case refused
        case endsTooSoon
    }

    enum Ending: Equatable {
        case exited(code: Int32)
        case signaled(Int32)
        /// The keeper is gone, and the process with it.
        case unknown
    }

    enum Event: Equatable {
        case startRequested
        case spawned(at: MonotonicInstant)
        case spawnFailed(Failure)
        /// A process was found that an earlier supervisor has started.
        case adopted(startedAt: MonotonicInstant, restarts: Int)
        /// What the process says of itself; nil: it does not answer.
        case connectionsCounted(Int?, at: MonotonicInstant)
        case exited(Ending, at: MonotonicInstant)
        case backoffElapsed
        case stopRequested
    }

    enum Action: Equatable {
        case none
        case spawn
        /// Ask the process to end.
        case end
        /// Start again after `TunnelBackoff.delay(afterFailures:)` with this count.
        case scheduleBackoff(failures: Int)
        /// Nothing is left of it: give up the keeper and the files.
        case release
    }

    /// cloudflared's exit status for words and tokens it does not take.
    static let refusedCode: Int32 = 255
    /// A process that ends earlier counts as one that cannot run.
    static let soon = Duration.seconds(10)
    /// So many of those in a row are enough.
    static let soonEndingsMax = 5
    /// Connected for so long, a process has proven itself: the pauses begin anew.
    static let provenAfter = Duration.seconds(60)

    private(set) var state: State = .stopped
    /// Processes that were started without the operator asking for them, since he last did.
    private(set) var restarts = 0
    /// Endings in a row before a process had proven itself.
    private(set) var failures = 0
    private(set) var soonEndings = 0
    private var startedAt: MonotonicInstant?
    private var connectedSince: MonotonicInstant?

    /// There is a process, or is about to be.
    var isRunning: Bool {
        switch state {
        case .starting, .connected, .degraded: true
        case .stopped, .backoff, .stopping, .failed: false
        }
    }

    /// Requests may come through it, now or in a moment.
    var isOpen: Bool {
        switch state {
        case .starting, .connected, .degraded, .backoff, .stopping: true
        case .stopped, .failed: false
        }
    }

    mutating func handle(_ event: Event) -> Action {
        switch (state, event) {
        case (.stopped, .startRequested), (.failed, .startRequested), (.backoff, .startRequested):
            self = TunnelLifecycle()
            return start()
        case (.stopped, .adopted(let startedAt, let restarts)):
            state = .starting
            self.startedAt = startedAt
            self.restarts = restarts
            return .none
        case (.starting, .spawned(let now)):
            startedAt = now
            return .none
        case (.starting, .spawnFailed(let failure)):
            // What the operator asks for fails in his face; what worked a moment ago will work again.
            guard restarts == 0 else { return backOff() }
            return fail(failure)
        case (.starting, .connectionsCounted(let count, let now)),
            (.connected, .connectionsCounted(let count, let now)),
            (.degraded, .connectionsCounted(let count, let now)):
            return count.map { $0 > 0 } == true ? connected(count ?? 0, now) : disconnected(now)
        case (.starting, .exited(let ending, let now)), (.connected, .exited(let ending, let now)),
            (.degraded, .exited(let ending, let now)):
            return ended(ending, now)
        case (.backoff, .backoffElapsed):
            restarts += 1
            return start()
        case (.starting, .stopRequested), (.connected, .stopRequested), (.degraded, .stopRequested):
            state = .stopping
            return .end
        case (.backoff, .stopRequested), (.failed, .stopRequested), (.stopping, .exited), (.stopping, .spawnFailed):
            state = .stopped
            return .release
        default:
            return .none
        }
    }

    private mutating func start() -> Action {
        state = .starting
        startedAt = nil
        connectedSince = nil
        return .spawn
    }

    private mutating func connected(_ count: Int, _ now: MonotonicInstant) -> Action {
        state = .connected(count)
        if connectedSince == nil { connectedSince = now }
        forgiveIfProven(now)
        return .none
    }

    private mutating func disconnected(_ now: MonotonicInstant) -> Action {
        guard case .connected = state else { return .none }
        forgiveIfProven(now)
        connectedSince = nil
        state = .degraded
        return .none
    }

    private mutating func ended(_ ending: Ending, _ now: MonotonicInstant) -> Action {
        forgiveIfProven(now)
        if ending == .exited(code: Self.refusedCode) { return fail(.refused) }
        let isSoon = startedAt.map { now - $0 < Self.soon } ?? true
        soonEndings = isSoon ? soonEndings + 1 : 0
        return soonEndings < Self.soonEndingsMax ? backOff() : fail(.endsTooSoon)
    }

    private mutating func forgiveIfProven(_ now: MonotonicInstant) {
        guard let since = connectedSince, now - since >= Self.provenAfter else { return }
        failures = 0
        soonEndings = 0
    }

    private mutating func backOff() -> Action {
        state = .backoff
        failures += 1
        return .scheduleBackoff(failures: failures)
    }

    private mutating func fail(_ failure: Failure) -> Action {
        state = .failed(failure)
        return .release
    }
}
