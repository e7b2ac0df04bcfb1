import Platform
import Scheduling

/// Keeps in telemetry.db, over a restart, what the scheduler has learnt: locks, states and models of accounts within a
/// second of a change, conversations every few seconds.
///
/// Moments are stored as wall time, for another process reads them, perhaps after another boot. When the wall clock jumps,
/// everything is stored anew, as the monotonic clock has it.
final class ScheduleKeeper {
    struct Times {
        /// Changes of accounts that come within this time are written together.
        var delay = Duration.milliseconds(500)
        var bindingsInterval = Duration.seconds(5)
        /// The wall clock may differ from the monotonic one by so much, in milliseconds, before it counts as a jump.
        var jumpMin = 60_000
    }

    private let telemetry: Telemetry
    private weak var leases: LeaseDesk?
    private let times: Times
    private let wall: () -> Int
    /// What was kept has been read. Nothing is written before: it would be written over it.
    private var isRead = false
    /// The revision of the accounts that was written last; nil if it is unknown what is stored.
    private var written: Int?
    /// What the file holds of conversations is unknown.
    private var rewritesBindings = false
    private var offset: Int
    private var accountsTimer: LoopTimer?
    private var bindingsTimer: LoopTimer?
    private var writing: Task<Void, Never>?

    /// - Parameter wall: milliseconds since 1970.
    init(
        _ telemetry: Telemetry, leases: LeaseDesk, times: Times = Times(),
        wall: @escaping () -> Int = { WallClock.unixMilliseconds }
    ) {
        self.telemetry = telemetry
        self.leases = leases
        self.times = times
        self.wall = wall
        offset = wall() - SchedulerInstant.now.milliseconds
    }

    /// Reads what was kept and gives it to the leases; what cannot be read now is read when it can. From then on it writes.
    func restore() async {
        await read()
        leases?.onDurableChange = { [weak self] in self?.accountsChanged() }
        accountsTimer = LoopTimer { [weak self] in self?.write(bindings: false) }
        bindingsTimer = LoopTimer { [weak self] in self?.look() }
        bindingsTimer?.set(after: times.bindingsInterval)
    }

    /// Writes what is not written yet. Nothing is, if nothing was read.
    func stop() async {
        guard bindingsTimer != nil else { return }
        accountsTimer?.cancel()
        bindingsTimer?.cancel()
        await writing?.value
        if isRead, await writeAccounts() { await writeBindings() }
    }

    private func read() async {
        let wall = wall()
        let saved = await telemetry.run { (connection) throws(StorageError) in
            try ScheduleTables.load(wall: wall, in: connection)
        }
        isRead = saved != nil
        leases?.restore(saved ?? SavedSchedule())
    }

    private func accountsChanged() {
        if accountsTimer?.isSet == false { accountsTimer?.set(after: times.delay) }
    }

    private func look() {
        bindingsTimer?.set(after: times.bindingsInterval)
        let offset = wall() - SchedulerInstant.now.milliseconds
        if abs(offset - self.offset) > times.jumpMin {
            Log.notice("clock-jumped", "the wall clock has jumped", ["seconds": (offset - self.offset) / 1000])
            self.offset = offset
            written = nil
            rewritesBindings = true
        }
        write(bindings: true)
    }

    private func write(bindings: Bool) {
        guard writing == nil else { return accountsChanged() }
        writing = Task {
            if !isRead { await read() }
            if isRead, await writeAccounts(), bindings { await writeBindings() }
            writing = nil
        }
    }

    /// - Returns: false if the file cannot be written; it may be another one the next time.
    private func writeAccounts() async -> Bool {
        guard let leases, leases.durableRevision != written else { return true }
        let (revision, accounts, wall) = (leases.durableRevision, leases.savedAccounts, wall())
        let answer: Void? = await telemetry.run { (connection) throws(StorageError) in
            try ScheduleTables.replace(accounts, wall: wall, in: connection)
        }
        written = answer.map { revision }
        if answer == nil { rewritesBindings = true }
        return answer != nil
    }

    private func writeBindings() async {
        guard let leases else { return }
        let (changes, wall) = (leases.takeBindingChanges(isWhole: rewritesBindings), wall())
        rewritesBindings = false
        guard !changes.isEmpty else { return }
        let answer: Void? = await telemetry.run { (connection) throws(StorageError) in
            try ScheduleTables.apply(changes, wall: wall, in: connection)
        }
        guard answer == nil else { return }
        rewritesBindings = true
        written = nil
    }
}
