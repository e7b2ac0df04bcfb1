import Platform

/// One worker process from the wish for it to its end, and back to the next one. Pure: `WorkerPool` performs the actions.
///
/// A place of the pool has one of these for the process that serves, one for a successor during a rolling restart, and
/// one for a predecessor that drains; only the first is started again by itself.
nonisolated struct WorkerLifecycle: Equatable {
    enum State: Equatable {
        case down
        case starting(pid: Int32)
        case ready(pid: Int32, since: MonotonicInstant)
        /// It gets no new connection and ends when its exchanges have; also a process that was told to die.
        case draining(pid: Int32)
        case backingOff
    }

    enum Event: Equatable {
        case startRequested
        case spawned(pid: Int32)
        case spawnFailed
        case reportedReady(at: MonotonicInstant)
        /// `readyDeadline` has passed since the spawn.
        case readyDeadlinePassed
        /// It stopped reading its channel or sending pulses.
        case foundUnresponsive
        case drainRequested
        case drainDeadlinePassed
        /// The process has ended and its channel has been read to the end.
        case exited(at: MonotonicInstant)
        case backoffElapsed
    }

    enum Action: Equatable {
        case none
        case spawn
        case publishReady
        case sendDrain
        case kill(pid: Int32)
        /// Start again after `RestartBackoff.delay(afterFailures:)` with this count.
        case scheduleBackoff(failures: Int)
        case cancelBackoff
        /// The process is gone as planned; whoever keeps this machine may drop it.
        case retire
    }

    /// From the spawn to `ready`; then the process is killed.
    static let readyDeadline = Duration.seconds(10)
    /// A process that was ready for this long was well: the next one starts at once, and the back-off begins anew.
    static let provenAfter = Duration.seconds(1)

    private(set) var state: State = .down
    /// Ends in a row before the process had proven itself.
    private(set) var failures = 0

    var pid: Int32? {
        switch state {
        case .starting(let pid), .ready(let pid, _), .draining(let pid): pid
        case .down, .backingOff: nil
        }
    }

    mutating func handle(_ event: Event) -> Action {
        switch (state, event) {
        case (.down, .startRequested), (.backingOff, .backoffElapsed):
            return .spawn
        case (.down, .spawned(let pid)), (.backingOff, .spawned(let pid)):
            state = .starting(pid: pid)
            return .none
        case (.down, .spawnFailed), (.backingOff, .spawnFailed):
            return backOff()
        case (.starting(let pid), .reportedReady(let now)):
            state = .ready(pid: pid, since: now)
            return .publishReady
        case (.starting(let pid), .readyDeadlinePassed), (.starting(let pid), .foundUnresponsive),
            (.ready(let pid, _), .foundUnresponsive), (.draining(let pid), .foundUnresponsive),
            (.draining(let pid), .drainDeadlinePassed):
            return .kill(pid: pid)
        case (.ready(let pid, _), .drainRequested):
            state = .draining(pid: pid)
            return .sendDrain
        case (.starting(let pid), .drainRequested):
            state = .draining(pid: pid)
            return .kill(pid: pid)
        case (.backingOff, .drainRequested):
            state = .down
            return .cancelBackoff
        case (.draining, .exited):
            state = .down
            return .retire
        case (.ready(_, let since), .exited(let now)) where now - since >= Self.provenAfter:
            state = .down
            failures = 0
            return .spawn
        case (.starting, .exited), (.ready, .exited):
            return backOff()
        default:
            return .none
        }
    }

    private mutating func backOff() -> Action {
        state = .backingOff
        failures += 1
        return .scheduleBackoff(failures: failures)
    }
}
