import Glibc
@_spi(ExperimentalCustomExecutors) @_spi(ExperimentalScheduling) internal import _Concurrency

/// Runs every job of the process that has no executor of its own: the main actor's and the default executor's.
///
/// This file is the whole take-over of the executors. The door it uses is SPI of the toolchain (`ExecutorFactory`); a
/// toolchain that changes it breaks the build here and nowhere else, and `install` checks at start that it took effect.
///
/// Thread rules: `local`, `running` belong to the loop's thread; other threads only touch `remote`, under its lock.
final class LoopExecutor: MainExecutor, TaskExecutor, SchedulingExecutor, @unchecked Sendable {
    static let shared = LoopExecutor()

    /// Drain rounds in one turn. A task that keeps enqueuing itself gets this many goes before descriptors are looked at.
    static let drainRoundsMax = 8
    /// Room kept in the job arrays between bursts.
    static let jobCapacityKept = 4096

    private let thread = pthread_self()
    private var local: [UnownedJob] = []
    private var running: [UnownedJob] = []
    private var isStopped = false
    /// When the current round of jobs began: what timers count from. Read once a round, since every request sets timers.
    private(set) var now = MonotonicInstant.now
    private let remote = Locked(Remote())
    let wakeUp = WakeUp()

    /// What other threads have left for the loop.
    private struct Remote {
        var jobs: [UnownedJob] = []
        var delayed: [(deadline: MonotonicInstant, job: UnownedJob)] = []
        var isStopRequested = false
        var isEmpty: Bool { jobs.isEmpty && delayed.isEmpty && !isStopRequested }
    }

    /// Whether the caller runs on the loop's thread.
    var isOnLoop: Bool { pthread_equal(thread, pthread_self()) != 0 }
    var hasJobs: Bool { !local.isEmpty }

    func run() {
        precondition(isOnLoop, "the loop runs on the thread that installed it")
        isStopped = false
        now = .now
        while !isStopped {
            drainJobs()
            MainActor.assumeIsolated { Reactor.shared.turn() }
        }
    }

    func runUntil(_ condition: () -> Bool) {
        while !condition() {
            drainJobs()
            if condition() { return }
            MainActor.assumeIsolated { Reactor.shared.turn() }
        }
    }

    func stop() {
        guard isOnLoop else { return leave { $0.isStopRequested = true } }
        isStopped = true
        // The turn that is running ends in a wait for events, which must not last.
        wakeUp.signal()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isOnLoop { local.append(job) } else { leave { $0.jobs.append(job) } }
    }

    /// `Task.sleep` ends here.
    func enqueue<C: Clock>(
        _ job: consuming ExecutorJob, after delay: C.Duration, tolerance: C.Duration?, clock: C
    ) {
        guard let delay = delay as? Duration else { preconditionFailure("the loop sleeps in Swift.Duration") }
        let job = UnownedJob(job)
        let deadline = MonotonicInstant.now + delay
        if isOnLoop {
            MainActor.assumeIsolated { Reactor.shared.timers.add(job, at: deadline) }
        } else {
            leave { $0.delayed.append((deadline, job)) }
        }
    }

    func isIsolatingCurrentContext() -> Bool? { isOnLoop }
    func checkIsolated() { precondition(isOnLoop, "not on the event loop") }

    func enqueueDue(_ job: UnownedJob) { local.append(job) }

    func readClock() -> MonotonicInstant {
        now = .now
        return now
    }

    /// Takes over what other threads have left. Called when the wake-up descriptor is readable.
    @MainActor func takeRemote() {
        wakeUp.clear()
        let left = remote.withLock { remote in
            defer { remote = Remote() }
            return remote
        }
        local.append(contentsOf: left.jobs)
        for (deadline, job) in left.delayed { Reactor.shared.timers.add(job, at: deadline) }
        if left.isStopRequested { isStopped = true }
    }

    private func leave(_ change: (inout Remote) -> Void) {
        let mustWake = remote.withLock { remote in
            defer { change(&remote) }
            return remote.isEmpty
        }
        if mustWake { wakeUp.signal() }
    }

    private func drainJobs() {
        let executor = asUnownedSerialExecutor()
        for _ in 0..<Self.drainRoundsMax where !local.isEmpty {
            now = .now
            swap(&local, &running)
            for job in running { job.runSynchronously(on: executor) }
            running.removeAll(keepingCapacity: running.capacity <= Self.jobCapacityKept)
        }
    }
}

/// Hands the one executor to the concurrency runtime for both roles.
struct LoopExecutorFactory: ExecutorFactory {
    static var mainExecutor: any MainExecutor { LoopExecutor.shared }
    static var defaultExecutor: any TaskExecutor { LoopExecutor.shared }

    /// Must come before the first task of the process: a task created earlier would be lost without a word.
    static func install() {
        _createExecutors(factory: Self.self)
        precondition(
            MainActor.executor === LoopExecutor.shared && Task.defaultExecutor === LoopExecutor.shared,
            "the concurrency runtime did not take the event loop as its executor")
    }
}
