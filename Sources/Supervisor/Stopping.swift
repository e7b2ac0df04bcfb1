import Platform

/// The end of the gateway, from the signal to the end of the loop: no new connections, every worker drains, admin answers
/// are finished, then the databases are closed.
final class Stopping {
    /// What is left of the limit when the signal comes a second time.
    static let hurriedLimit = Duration.seconds(1)
    /// Beyond the limit: the workers are killed by then, and this is for what their ends leave to do.
    static let lastGrace = Duration.seconds(3)

    private let parts: Gateway.Parts
    private let limit: Duration
    private var areWorkersGone = false
    private var isFinishing = false
    private var deadline: LoopTimer?

    init(_ parts: Gateway.Parts, limit: Duration) {
        self.parts = parts
        self.limit = limit
    }

    func begin() {
        Log.info("stopping", "the gateway stops", ["seconds": limit.milliseconds / 1000])
        parts.control.admin.isStopping = true
        parts.desk.isStopping = true
        arm(limit)
        parts.door.stop(keepsListeners: parts.keepsListeners) { [self] in finishIfDone() }
        drainWorkers(within: limit)
    }

    func hurry() {
        Log.info("hurried", "the gateway stops at once")
        arm(Self.hurriedLimit)
        drainWorkers(within: Self.hurriedLimit)
    }

    private func drainWorkers(within limit: Duration) {
        parts.pool.stop(within: limit) { [self] in
            areWorkersGone = true
            finishIfDone()
        }
    }

    private func arm(_ limit: Duration) {
        let timer = deadline ?? LoopTimer { [self] in finish() }
        timer.set(after: limit + Self.lastGrace)
        deadline = timer
    }

    private func finishIfDone() {
        if areWorkersGone, parts.door.isEmptied { finish() }
    }

    private func finish() {
        guard !isFinishing else { return }
        isFinishing = true
        Task {
            await parts.control.stop()
            Log.info("stopped", "the gateway has stopped")
            EventLoop.stop()
        }
    }
}
