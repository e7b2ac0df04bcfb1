import IPC
import Platform

/// One worker process and the wish behind it: drives a `WorkerLifecycle`, with the one timer each of its states has.
final class WorkerSeat {
    /// What a seat needs of the pool.
    protocol Owner: AnyObject {
        func spawn(for seat: WorkerSeat) throws -> WorkerProcess
        func seatBecameReady(_ seat: WorkerSeat)
        /// The process ended before it had proven itself, for the `failures`-th time in a row.
        /// - Returns: when to try again; nil to give the seat up.
        func backoff(of seat: WorkerSeat, failures: Int) -> Duration?
        /// Nothing is left of it.
        func seatRetired(_ seat: WorkerSeat)
    }

    let place: Int
    let executable: () -> WorkerExecutable
    private let readyLimit: Duration
    private(set) var lifecycle = WorkerLifecycle()
    private(set) var process: WorkerProcess?
    private var drain = Drain(millisecondsLeft: 0, reason: .roll)
    private unowned let owner: any Owner
    private var timer: LoopTimer?

    /// - Parameter executable: what to start, asked at each start.
    init(
        place: Int, readyLimit: Duration, executable: @escaping () -> WorkerExecutable, owner: any Owner
    ) {
        self.readyLimit = readyLimit
        self.place = place
        self.executable = executable
        self.owner = owner
        timer = LoopTimer { [unowned self] in timePassed() }
    }

    var isReady: Bool {
        if case .ready = lifecycle.state { true } else { false }
    }

    func start() {
        handle(.startRequested)
    }

    /// The process reported that it may be given connections.
    func reportedReady() {
        handle(.reportedReady(at: .now))
    }

    func foundUnresponsive() {
        handle(.foundUnresponsive)
    }

    /// The process has ended and its channel was read to the end.
    func processEnded() {
        process = nil
        handle(.exited(at: .now))
    }

    /// No new connection; the process ends when its exchanges have, or is killed after `limit`. Asked again, a shorter limit
    /// counts.
    func drain(within limit: Duration, reason: Drain.Reason) {
        drain = Drain(millisecondsLeft: UInt32(clamping: limit.milliseconds), reason: reason)
        if case .draining = lifecycle.state { return sendDrain() }
        handle(.drainRequested)
    }

    private func handle(_ event: WorkerLifecycle.Event) {
        perform(lifecycle.handle(event))
    }

    private func perform(_ action: WorkerLifecycle.Action) {
        switch action {
        case .none: break
        case .spawn: spawn()
        case .publishReady:
            timer?.cancel()
            owner.seatBecameReady(self)
        case .sendDrain: sendDrain()
        case .kill: process?.kill()
        case .scheduleBackoff(let failures):
            if let delay = owner.backoff(of: self, failures: failures) {
                timer?.set(after: delay)
            } else {
                handle(.drainRequested)
            }
        case .cancelBackoff, .retire:
            timer?.cancel()
            owner.seatRetired(self)
        }
    }

    private func spawn() {
        do {
            let process = try owner.spawn(for: self)
            self.process = process
            timer?.set(after: readyLimit)
            handle(.spawned(pid: process.pid))
        } catch {
            Log.error("worker-spawn-failed", "a worker could not be started", ["place": place, "reason": "\(error)"])
            handle(.spawnFailed)
        }
    }

    private func sendDrain() {
        timer?.set(after: .milliseconds(Int64(drain.millisecondsLeft)) + Self.drainGrace)
        do throws(IPCError) {
            try process?.send(drain)
        } catch {
            process?.kill()
        }
    }

    /// Beyond the drain limit the worker itself ends what is left, decently; this is the time it gets for that.
    private static let drainGrace = Duration.seconds(1)

    private func timePassed() {
        switch lifecycle.state {
        case .starting:
            Log.warning("worker-not-ready", "a worker was not ready in time", ["place": place])
            handle(.readyDeadlinePassed)
        case .draining: handle(.drainDeadlinePassed)
        case .backingOff: handle(.backoffElapsed)
        case .down, .ready: break
        }
    }
}
