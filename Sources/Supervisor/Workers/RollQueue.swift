/// Lets one rolling restart run at a time. Whoever asks during one joins the one that follows it, so that a thousand asks
/// make two restarts, and every asker gets workers younger than its ask.
final class RollQueue {
    typealias Outcome = Result<Void, WorkerRestartError>

    private var isRolling = false
    private var waiters: [CheckedContinuation<Outcome, Never>] = []

    /// - Parameter roll: performs a restart and reports once, when its first worker is ready or it has changed nothing.
    func join(_ roll: @escaping (_ report: @escaping (Outcome) -> Void) async -> Void) async throws(WorkerRestartError)
    {
        let outcome = await withCheckedContinuation { waiter in
            waiters.append(waiter)
            guard !isRolling else { return }
            isRolling = true
            Task { await run(roll) }
        }
        try outcome.get()
    }

    private func run(_ roll: (_ report: @escaping (Outcome) -> Void) async -> Void) async {
        while !waiters.isEmpty {
            let joined = waiters
            waiters = []
            await roll { outcome in
                for waiter in joined { waiter.resume(returning: outcome) }
            }
        }
        isRolling = false
    }
}
