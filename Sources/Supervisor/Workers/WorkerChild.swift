import Platform

/// The process behind a worker, as far as the pool needs one: tests put something else in its place.
protocol WorkerChild: AnyObject {
    var pid: Int32 { get }
    /// Called once, when the process has ended.
    var onExit: (@MainActor (ExitStatus) -> Void)? { get set }
    func kill(_ signal: CInt)
}

extension ChildProcess: WorkerChild {}
