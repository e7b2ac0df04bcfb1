import Platform
import Transport

/// What can interrupt an exchange: the client leaving, its limits, the supervisor. One per connection, used by one exchange
/// after the other; answers side by side have one each beside it (`split`), and what stops or wakes the whole does so to them.
///
/// The exchange itself is straight-line code that waits either here or at its upstream; a stop ends that wait, and the code
/// behind it asks `stop`. Callbacks of loop, channel and timer only note and resume.
final class ExchangeControl {
    /// Set once per exchange; the first one counts, but the limit of an attempt gives way to what ends more.
    private(set) var stop: ExchangeStop?
    /// A drain of the lease: no further attempt.
    private(set) var mayRetry = true
    /// Called when the client has heard nothing for long enough.
    var onHeartbeat: (() -> Void)?

    private var book: DeadlineBook?
    private var upstream: ClientExchange?
    private var waiter: UnsafeContinuation<Void, Never>?
    private var wasWoken = false
    private var timer: LoopTimer?
    /// Those of the answers side by side, while they are served.
    private var choices: [ExchangeControl] = []

    /// A new exchange begins; what ended the one before is forgotten, but a client that is gone stays gone.
    func begin(_ book: DeadlineBook) {
        self.book = book
        if stop != .clientGone { stop = nil }
        mayRetry = true
        wasWoken = false
        arm()
    }

    /// The exchange is over: no limit runs, nothing is called.
    func end() {
        book = nil
        upstream = nil
        onHeartbeat = nil
        choices = []
        timer?.cancel()
        if stop != .clientGone { stop = nil }
    }

    var isOpen: Bool { book != nil }

    // MARK: The exchange's side

    var deadlines: DeadlineBook? { book }

    /// A limit of the attempt has passed, and the exchange goes on without it.
    func resume() {
        if case .deadline = stop { stop = nil }
    }

    /// Says what the exchange waits for from here on.
    func waits(for wait: DeadlineBook.Wait) {
        book?.waits(for: wait)
        arm()
    }

    func sent(at now: UInt64) { book?.sent(at: now) }

    func committed() { book?.committed() }

    /// The transfer that a stop cancels.
    func attach(_ upstream: ClientExchange?) {
        self.upstream = upstream
        if stop != nil { upstream?.cancel() }
    }

    /// Waits until somebody wakes the exchange, or it is stopped.
    func park() async {
        if wasWoken || stop != nil {
            wasWoken = false
            return
        }
        await withUnsafeContinuation { waiter = $0 }
        wasWoken = false
    }

    /// Waits so long, or until a stop.
    func pause(nanoseconds: UInt64) async {
        await wait(until: EventLoop.now.nanoseconds &+ nanoseconds) { false }
    }

    /// Waits until somebody who wakes the exchange has made `isOver` true, at most to the given time, or until a stop.
    func wait(until deadline: UInt64, _ isOver: () -> Bool) async {
        waits(for: .delay(until: deadline))
        while stop == nil, !isOver(), EventLoop.now.nanoseconds < deadline { await park() }
        waits(for: .none)
    }

    // MARK: Side by side

    /// One more answer side by side, with limits of its own from here on; those of the whole rest, but for signs of life.
    func split() -> ExchangeControl {
        let choice = branch()
        book?.committed()
        arm()
        return choice
    }

    /// For something else that the exchange does side by side, under the same limits; the whole keeps its own.
    func branch() -> ExchangeControl {
        let choice = ExchangeControl()
        if let book { choice.begin(book.ofChoice) }
        if !mayRetry { choice.forbidRetry() }
        if let stop { choice.stop(stop) }
        choices.append(choice)
        return choice
    }

    /// What is done side by side is there or has failed.
    func join(_ choice: ExchangeControl) {
        choice.end()
        choices.removeAll { $0 === choice }
    }

    /// Ends what is done side by side and leaves the exchange to say why.
    func stopChoices(_ cause: ExchangeStop) {
        for choice in choices { choice.stop(cause) }
    }

    // MARK: The other side

    /// There is news for the exchange.
    func wake() {
        for choice in choices { choice.wake() }
        guard let waiter else {
            wasWoken = true
            return
        }
        self.waiter = nil
        waiter.resume()
    }

    /// Ends whatever the exchange waits for.
    func stop(_ cause: ExchangeStop) {
        guard stop?.isOfAttempt ?? true else { return }
        stop = cause
        stopChoices(cause)
        upstream?.cancel()
        wake()
    }

    func forbidRetry() { mayRetry = false }

    private func arm() {
        guard let next = book?.next else {
            timer?.cancel()
            return
        }
        if timer == nil { timer = LoopTimer { [unowned(unsafe) self] in fire() } }
        let now = EventLoop.now.nanoseconds
        timer?.set(afterNanoseconds: next.at > now ? next.at - now : 0)
    }

    private func fire() {
        guard let next = book?.next else { return }
        let now = EventLoop.now.nanoseconds
        if next.at <= now {
            switch next.due {
            case .heartbeat:
                book?.sent(at: now)
                onHeartbeat?()
            case .delayOver:
                // The exchange sees for itself that its pause is over; until then no other limit of it runs.
                book?.waits(for: .none)
                wake()
            case .schedule, .firstContent, .upstreamIdle, .total: stop(.deadline(next.due))
            }
        }
        if stop == nil { arm() }
    }
}
