/// The one thread and one loop of a process. It is the executor of the main actor and of everything that names none, so
/// code isolated to the main actor is loop code, and a resumed task is one entry in the loop's job list.
///
/// A turn of the loop: wait for descriptors (those of priority `first` are handled first), run due timers, run jobs, run
/// the actions asked for by `atEndOfTurn`.
public enum EventLoop {
    /// Takes over the executors. The first line of `main`, before any `Task` exists; calling it again does nothing.
    public static func install() { _ = installation }

    /// Runs the loop until `stop()`. To be called once, by the thread that installed it.
    public static func run() { LoopExecutor.shared.run() }

    /// Makes `run()` return after the current turn. May be called from any thread.
    public static func stop() { LoopExecutor.shared.stop() }

    /// Runs `action` once, after the jobs of this turn and before the loop waits. This is the place for work that should be
    /// done once for everything a turn has produced, such as sending all messages to one peer in one frame.
    @MainActor public static func atEndOfTurn(_ action: @escaping @MainActor () -> Void) {
        Reactor.shared.endOfTurn.append(action)
    }

    /// Number of the current turn.
    @MainActor public static var turn: UInt64 { Reactor.shared.turnNumber }

    /// When the current turn or its latest round of jobs began: the time `LoopTimer` counts from.
    @MainActor public static var now: MonotonicInstant { LoopExecutor.shared.now }

    private static let installation: Void = LoopExecutorFactory.install()
}

/// For C code that must install the loop before Swift code runs, as the test runner does.
@_cdecl("antigravity_install_event_loop")
public func installEventLoop() { EventLoop.install() }
