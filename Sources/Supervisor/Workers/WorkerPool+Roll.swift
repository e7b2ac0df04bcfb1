import IPC

extension WorkerPool {
    /// Gives every place a new process, one place after the other, each old one draining only when its successor is ready.
    ///
    /// The executable is opened anew. If the first new worker is not ready, nothing has changed; if a later one is not, its
    /// place keeps the old process and health says so.
    /// - Parameter report: called once, with the outcome of the first place.
    func roll(_ report: (RollQueue.Outcome) -> Void) async {
        let fresh: WorkerExecutable
        do throws(WorkerRestartError) {
            fresh = try WorkerExecutable(opening: options.executablePath)
        } catch {
            rollFailure = Self.reloadFailed
            return report(.failure(error))
        }
        for place in places {
            let isFirst = place.index == 0
            if await replace(place, with: fresh, reason: .roll) {
                guard isFirst else { continue }
                executable = fresh
                rollFailure = nil
                report(.success(()))
            } else if isStopping {
                if isFirst { report(.failure(.stopping)) }
                return
            } else {
                rollFailure = Self.reloadFailed
                if isFirst { return report(.failure(.notReady)) }
            }
        }
    }

    /// Stands among the reasons of a degraded health until a restart succeeds.
    private static let reloadFailed = "reload_failed"
}
