import Platform

/// Tells the service manager that the process works, as long as it does.
///
/// The pings come from the event loop itself, so a loop that hangs sends none; and none is sent when the database thread
/// has not answered within a period, because a supervisor that cannot store anything does not work either.
final class Watchdog {
    /// Pings in one period of the manager (sd_watchdog_enabled(3) advises two; the third covers a late turn).
    static let pingsPerPeriod = 3

    private let manager: ServiceManager
    private let period: Duration
    private let databaseTick: () async -> Void
    private var timer: LoopTimer?
    private var databaseTickedAt = MonotonicInstant.now
    private var isDatabaseAsked = false

    /// - Parameter databaseTick: returns when the database thread has taken a turn.
    /// - Returns: nil when the manager does not watch this process.
    init?(_ manager: ServiceManager, databaseTick: @escaping () async -> Void) {
        guard let period = manager.watchdogPeriod else { return nil }
        self.manager = manager
        self.period = period
        self.databaseTick = databaseTick
    }

    func start() {
        timer = LoopTimer { [weak self] in self?.tick() }
        tick()
    }

    private func tick() {
        timer?.set(after: period / Self.pingsPerPeriod)
        if MonotonicInstant.now - databaseTickedAt < period { manager.alive() }
        guard !isDatabaseAsked else { return }
        isDatabaseAsked = true
        Task {
            await databaseTick()
            isDatabaseAsked = false
            databaseTickedAt = .now
        }
    }
}
