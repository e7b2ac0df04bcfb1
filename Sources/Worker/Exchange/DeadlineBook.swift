/// Which limit of an exchange comes next, and which have passed. Pure: whoever owns the timer asks again after every change.
///
/// All times are monotonic nanoseconds.
nonisolated struct DeadlineBook: Sendable {
    enum Due: Sendable, Equatable {
        /// The client has heard nothing for long enough.
        case heartbeat
        /// A pause before the next attempt is over.
        case delayOver
        /// No lease came within the schedule budget.
        case schedule
        case firstContent
        case upstreamIdle
        case total
    }

    /// What the exchange waits for.
    enum Wait: Sendable, Equatable {
        /// Nothing that has a limit of its own.
        case none
        case lease
        case delay(until: UInt64)
        /// An attempt that began then has not shown content yet.
        case content(since: UInt64)
        /// The upstream streams; its last bytes came then.
        case bytes(since: UInt64)
        /// The client takes what it has got; the upstream stands still meanwhile.
        case client
    }

    let limits: ExchangeLimits
    let acceptedAt: UInt64
    let total: UInt64
    let firstContent: UInt64
    /// Whether the answer is a stream whose dialect knows signs of life.
    private(set) var hasHeartbeat: Bool
    private(set) var wait = Wait.none
    /// From here on only the idle limit counts.
    private(set) var isCommitted = false
    private var lastSentAt: UInt64?

    init(
        limits: ExchangeLimits, acceptedAt: UInt64, hasHeartbeat: Bool, thinks: Bool, isBehindCloudflare: Bool
    ) {
        self.limits = limits
        self.acceptedAt = acceptedAt
        self.hasHeartbeat = hasHeartbeat
        total = isBehindCloudflare ? min(limits.total, limits.totalBehindCloudflare) : limits.total
        firstContent = thinks ? limits.firstContentThinking : limits.firstContent
    }

    /// The same limits for one of the answers side by side. Signs of life are the business of the whole.
    var ofChoice: DeadlineBook {
        var book = self
        book.hasHeartbeat = false
        book.isCommitted = false
        book.wait = .none
        return book
    }

    mutating func waits(for wait: Wait) { self.wait = wait }

    /// Something has gone to the client.
    mutating func sent(at now: UInt64) { lastSentAt = now }

    /// Content of a stream has gone to the client.
    mutating func committed() { isCommitted = true }

    /// The next limit; nil when none runs.
    var next: (at: UInt64, due: Due)? {
        var next: (at: UInt64, due: Due)?
        func consider(_ at: UInt64, _ due: Due) {
            if next == nil || at < next!.at { next = (at, due) }
        }
        switch wait {
        case .none, .client: break
        case .lease: consider(acceptedAt &+ limits.schedule, .schedule)
        case .delay(let until): consider(until, .delayOver)
        case .content(let since): consider(since &+ firstContent, .firstContent)
        case .bytes(let since): consider(since &+ limits.upstreamIdle, .upstreamIdle)
        }
        if !isCommitted { consider(acceptedAt &+ total, .total) }
        if hasHeartbeat, wait != .client { consider(heartbeatAt, .heartbeat) }
        return next
    }

    /// Whole milliseconds in which further attempts may begin.
    func scheduleMillisecondsLeft(at now: UInt64) -> UInt32 {
        Self.milliseconds(until: acceptedAt &+ min(limits.schedule, total), from: now)
    }

    func totalMillisecondsLeft(at now: UInt64) -> UInt32 { Self.milliseconds(until: acceptedAt &+ total, from: now) }

    private var heartbeatAt: UInt64 {
        lastSentAt.map { $0 &+ limits.heartbeat } ?? (acceptedAt &+ limits.heartbeatFirst)
    }

    private static func milliseconds(until end: UInt64, from now: UInt64) -> UInt32 {
        end <= now ? 0 : UInt32(clamping: (end - now) / 1_000_000)
    }
}
