import Platform

/// What the rest of the supervisor may ask of the workers: the admin API shows them, publishes configuration to them
/// and restarts them, and knows nothing of processes, channels or connections.
protocol WorkerDirectory: AnyObject {
    /// Every place once, in the order of the places; draining predecessors follow behind.
    var statuses: [WorkerStatus] { get }

    /// The number of the worker that has the least to do, for work that no client asked for; nil if none is ready.
    var idlest: Int? { get }

    /// Puts a configuration snapshot into every worker's channel. Returns when each channel has taken it; a worker whose
    /// channel does not within 1 s is replaced. No worker acknowledges a snapshot: it empties its channel before it
    /// looks at a client, so a request that arrives after the return is served by the new configuration.
    func publish(_ snapshot: [UInt8]) async

    /// Rolling restart: each place gets a new process, and the old one drains only when the new one is ready. Returns
    /// when the first new worker is ready. Calls during a restart join the one that follows it.
    func restartAll() async throws(WorkerRestartError)

    /// Reasons for the status `degraded` of `GET /api/health`, for example `no_ready_worker`; empty when all is well.
    var healthReasons: [String] { get }
}

/// Why a rolling restart changed nothing.
nonisolated enum WorkerRestartError: Error, Equatable, CustomStringConvertible {
    /// The worker's executable cannot be opened.
    case executable(path: String, SystemError)
    /// The first new worker was not ready within 10 s, or ended before.
    case notReady
    /// The supervisor is stopping.
    case stopping

    var description: String {
        switch self {
        case .executable(let path, let error):
            "the worker's executable \(path) (setting WORKER) cannot be used: \(error)"
        case .notReady: "the first new worker did not become ready; the old ones go on"
        case .stopping: "the gateway is stopping"
        }
    }
}
