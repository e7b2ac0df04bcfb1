/// A timer of the loop that is cheap to move: pushing the deadline back is a field write, the heap notices when the old
/// deadline comes. So an idle limit may be set again on every byte.
///
/// Deadlines count from `EventLoop.now`, and the loop waits in whole milliseconds: a timer is up to about
/// one millisecond late.
@MainActor public final class LoopTimer {
    static let never = UInt64.max
    static let notQueued = -1

    private(set) var deadline = LoopTimer.never
    /// The deadline by which the heap has sorted this timer; never later than `deadline`.
    var queuedDeadline = LoopTimer.never
    var heapIndex = LoopTimer.notQueued
    private let action: @MainActor () -> Void

    /// `action` runs once for each `set`. Like a watch's handler it runs outside any task: it notes and resumes.
    public init(_ action: @escaping @MainActor () -> Void) { self.action = action }

    isolated deinit {
        if heapIndex != Self.notQueued { Reactor.shared.timers.remove(at: heapIndex) }
    }

    public var isSet: Bool { deadline != Self.never }

    /// Sets the timer or moves it.
    public func set(after delay: Duration) { set(afterNanoseconds: delay.nanosecondsClamped) }

    /// The same for callers that have converted their limit once.
    public func set(afterNanoseconds delay: UInt64) {
        let (sum, overflow) = LoopExecutor.shared.now.nanoseconds.addingReportingOverflow(delay)
        deadline = overflow ? Self.never - 1 : sum
        if heapIndex == Self.notQueued {
            queuedDeadline = deadline
            Reactor.shared.timers.insert(self)
        } else if deadline < queuedDeadline {
            queuedDeadline = deadline
            Reactor.shared.timers.moveUp(self)
        }
    }

    public func cancel() { deadline = Self.never }

    func fire() {
        deadline = Self.never
        action()
    }
}
