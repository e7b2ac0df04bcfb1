import CPlatform

/// What a descriptor is ready for. The bits are those of epoll_ctl(2).
public struct Readiness: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    public static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// The peer has shut down its writing side (`EPOLLRDHUP`). Must be asked for.
    public static let peerClosed = Readiness(rawValue: EPOLLRDHUP.rawValue)
    /// Both directions are over. Always reported.
    public static let hangup = Readiness(rawValue: EPOLLHUP.rawValue)
    /// The socket carries an error. Always reported.
    public static let error = Readiness(rawValue: EPOLLERR.rawValue)
}

/// A descriptor in the loop's epoll set.
///
/// The handler runs outside any task: it may note what it saw and resume a waiter, and does nothing that could come back
/// to its caller. The watch does not own the descriptor. Cancel it before the descriptor is closed, returned or given to
/// another process: while a duplicate lives anywhere, an event of a forgotten registration keeps coming.
@MainActor public final class DescriptorWatch {
    public enum Mode: Sendable {
        /// Reported once for each change: try to read or write first, wait after "would block".
        case edge
        /// Reported in every turn for as long as it is true.
        case level
    }
    public enum Priority: Sendable {
        /// Handled before the others of the same turn: channels to other processes.
        case first
        case normal
    }

    public let raw: CInt
    let priority: Priority
    let handler: @MainActor (Readiness) -> Void
    private(set) var generation: UInt32 = 0
    private let mode: Mode
    private var isActive = false

    /// Registers `raw`. A descriptor number can have one watch at a time.
    public init(
        _ raw: CInt, interest: Readiness, mode: Mode, priority: Priority = .normal,
        handler: @escaping @MainActor (Readiness) -> Void
    ) throws(SystemError) {
        self.raw = raw
        self.mode = mode
        self.priority = priority
        self.handler = handler
        generation = try Reactor.shared.add(self, interest: bits(interest))
        isActive = true
    }

    isolated deinit { cancel() }

    /// Changes what is asked for. On an edge watch this also reports again what is true at the moment.
    public func update(interest: Readiness) throws(SystemError) {
        guard isActive else { return }
        try Reactor.shared.change(self, interest: bits(interest))
    }

    /// Takes the descriptor out of the epoll set. No call of the handler follows. May be repeated.
    public func cancel() {
        guard isActive else { return }
        isActive = false
        Reactor.shared.remove(raw: raw, generation: generation, priority: priority)
    }

    private func bits(_ interest: Readiness) -> UInt32 {
        mode == .edge ? interest.rawValue | EPOLLET.rawValue : interest.rawValue
    }
}
