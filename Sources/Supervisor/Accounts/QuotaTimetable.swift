import Platform

/// Reads the quota of all accounts at the operator's interval, whoever looks at the console or not.
final class QuotaTimetable {
    private let config: ConfigStore
    private let refresh: QuotaRefresh
    private var plan: Plan?
    private var timer: LoopTimer?
    private var isRunning = false

    /// When the next run is due. Pure, so that what a changed interval does can be seen at once.
    nonisolated struct Plan: Sendable, Equatable {
        /// When counting began, and whether a run did then.
        private(set) var begin: MonotonicInstant
        private(set) var hasRun = false
        /// Thousandths by which this interval is longer, so that many gateways do not ask at the same time.
        private(set) var jitter: Int

        /// From the start of the process to the first run.
        static let firstDelay = Duration.seconds(30)
        static let jitterMax = 100

        init(startedAt begin: MonotonicInstant, jitter: Int) {
            self.begin = begin
            self.jitter = jitter
        }

        func due(intervalMinutes: Int) -> MonotonicInstant {
            guard hasRun else { return begin + Self.firstDelay }
            return begin + .milliseconds(60 * intervalMinutes * (1000 + jitter))
        }

        mutating func ran(at now: MonotonicInstant, jitter: Int) {
            begin = now
            hasRun = true
            self.jitter = jitter
        }
    }

    init(config: ConfigStore, refresh: QuotaRefresh) {
        self.config = config
        self.refresh = refresh
    }

    func start() {
        plan = Plan(startedAt: .now, jitter: Self.jitter())
        timer = LoopTimer { [weak self] in self?.look() }
        look()
    }

    func stop() {
        timer?.cancel()
        timer = nil
    }

    /// Runs what is due and sets the timer for what is not; called again when the configuration is another one.
    func look() {
        guard let timer, let plan, !isRunning else { return }
        guard config.current.readsQuota else { return timer.cancel() }
        let left = plan.due(intervalMinutes: config.current.quotaReadMinutes) - .now
        if left > .zero { return timer.set(after: left) }
        isRunning = true
        self.plan?.ran(at: .now, jitter: Self.jitter())
        Task {
            _ = await refresh.run()
            isRunning = false
            look()
        }
    }

    private static func jitter() -> Int { Int.random(in: 0...Plan.jitterMax) }
}
