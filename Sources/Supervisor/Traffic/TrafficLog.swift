import IPC
import Platform

/// The traffic log and the token statistics: takes what workers report of requests, writes it to telemetry.db, several
/// together, and keeps the tables within their bounds.
///
/// Everything waits in memory, bounded; what cannot be stored is dropped and counted. No request waits for any of it.
final class TrafficLog: TrafficKeeper {
    struct Limits {
        var queue = TrafficQueue.Limits()
        /// What waits is written together, so long after the first of it came, or when it is so many.
        var delay = Duration.milliseconds(250)
        var batchCount = 1000
        var recordDays = 30
        var recordCount = 100_000
        var bodyBytes = 512 << 20
        var usageDays = 400
        /// So many new records make a look at the bounds that does not wait for its hour.
        var tidyCount = 10_000
    }

    static let tidyInterval = Duration.seconds(3600)
    /// Rows that are removed in one step of the database's thread.
    nonisolated static let stepCount = 500

    /// The operator's wish. False: tokens are counted, nothing else is kept.
    var isEnabled = true
    /// Never stored. Change with the configuration.
    var secrets = LiteralSecrets([])
    let feed = TrafficFeed()

    private let telemetry: Telemetry
    private let limits: Limits
    private let email: (String) -> String?
    private let now: () -> Int
    private var queue: TrafficQueue
    private var ids = OrderedUUIDs()
    private var writing: Task<Void, Never>?
    private var tidying: Task<Void, Never>?
    private var writtenSinceTidy = 0
    private var timer: LoopTimer?
    private var tidyTimer: LoopTimer?
    private var saidDropped = 0
    private var isStopping = false

    /// - Parameters:
    ///   - email: of the account with an id.
    ///   - now: seconds since 1970.
    init(
        _ telemetry: Telemetry, limits: Limits = Limits(), email: @escaping (String) -> String?,
        now: @escaping () -> Int = { WallClock.unixSeconds }
    ) {
        self.telemetry = telemetry
        self.limits = limits
        self.email = email
        self.now = now
        queue = TrafficQueue(limits.queue, now: MonotonicInstant.now.nanoseconds)
        timer = LoopTimer { [weak self] in self?.writeSoon() }
        tidyTimer = LoopTimer { [weak self] in self?.tidySoon() }
    }

    /// The first look at the bounds.
    func start() { tidySoon() }

    /// Reads the tables once, in steps: damage shows here and not when somebody asks.
    func check() async {
        await check { (row, connection) throws(StorageError) in
            try TrafficTable.check(after: row, countMax: Self.stepCount, in: connection)
        }
        await check { (row, connection) throws(StorageError) in
            try TrafficTable.checkBodies(after: row, countMax: Self.stepCount / 5, in: connection)
        }
    }

    private func check(
        _ step: @escaping @Sendable (Int, SQLiteConnection) throws(StorageError) -> Int?
    ) async {
        var last: Int? = 0
        while let row = last, !isStopping {
            last = await telemetry.run { (connection) throws(StorageError) in try step(row, connection) } ?? nil
        }
    }

    /// Ends the upkeep and writes what waits.
    func stop() async {
        isStopping = true
        timer?.cancel()
        tidyTimer?.cancel()
        tidyTimer = nil
        feed.end()
        await tidying?.value
        await settle()
    }

    var droppedRecords: Int { queue.droppedRecords }
    var droppedBodies: Int { queue.droppedBodies }
    /// Bytes that wait for the database.
    var waitingBytes: Int { queue.byteCount }

    /// A request is over.
    /// - Parameter worker: the place of the worker that served it.
    func note(_ end: ExchangeEnd, worker: Int) {
        guard let record = end.record, isEnabled || record.head.knowsTokens else { return }
        var account: Int?
        if let id = record[.accountID] { account = queue.account(id, email: email) }
        guard isEnabled || account != nil else { return }
        let id = ids.next(unixMilliseconds: UInt64(WallClock.unixMilliseconds))
        if isEnabled, feed.isHeard {
            let entry = TrafficEntry(
                record, id: id.text, requestID: end.requestID, email: record.text(.accountID).flatMap(email),
                worker: worker)
            feed.say(secrets.removed(from: entry))
        }
        queue.append(
            record, id: id, requestID: end.requestID, account: account, worker: worker, isLogged: isEnabled,
            now: MonotonicInstant.now.nanoseconds)
        if queue.count >= limits.batchCount {
            writeSoon()
        } else if timer?.isSet == false, writing == nil {
            timer?.set(after: limits.delay)
        }
    }

    // MARK: Writing

    private func writeSoon() {
        timer?.cancel()
        guard writing == nil else { return }
        writing = Task {
            await write()
            writing = nil
            if !queue.isEmpty { timer?.set(after: limits.delay) }
        }
    }

    /// Returns when everything that has come so far is stored or given up: a reader sees what was there when it asked.
    func settle() async {
        timer?.cancel()
        await writing?.value
        await write()
    }

    private func write() async {
        guard !queue.isEmpty else { return }
        let batch = queue.takeAll()
        let isStored = await telemetry.run { [secrets] (connection) throws(StorageError) in
            var batch = batch
            batch.remove(secrets)
            try TrafficTable.insert(batch, in: connection)
            try TokenTable.insert(TokenUses(batch), in: connection)
            return true
        }
        if isStored == nil { queue.noteLost(batch.count) }
        sayDropped()
        writtenSinceTidy += batch.count
        if writtenSinceTidy >= limits.tidyCount { tidySoon() }
    }

    /// Once for every thousandfold: repeats are counted, not repeated.
    private func sayDropped() {
        let dropped = queue.droppedRecords
        guard dropped > 0, saidDropped == 0 || dropped / 1000 > saidDropped / 1000 else { return }
        saidDropped = dropped
        Log.warning("traffic-dropped", "records of the traffic log were dropped", ["records": dropped])
    }

    // MARK: Bounds

    private func tidySoon() {
        tidyTimer?.set(after: Self.tidyInterval)
        guard tidying == nil else { return }
        writtenSinceTidy = 0
        tidying = Task {
            await tidy()
            tidying = nil
        }
    }

    /// Removes what is too old and too much, in steps, and gives its room back to the disk.
    func tidy() async {
        let days = 86_400
        let oldest = (now() - limits.recordDays * days) * 1000
        let oldestUsage = now() - limits.usageDays * days
        await remove { [limits] (connection) throws(StorageError) in
            try TrafficTable.trimBodies(to: limits.bodyBytes, countMax: Self.stepCount / 5, in: connection)
        }
        await remove { (connection) throws(StorageError) in
            try TrafficTable.expire(before: oldest, countMax: Self.stepCount, in: connection)
        }
        await remove { [limits] (connection) throws(StorageError) in
            try TrafficTable.trim(to: limits.recordCount, countMax: Self.stepCount, in: connection)
        }
        await remove { (connection) throws(StorageError) in
            try TokenTable.expire(before: oldestUsage, countMax: Self.stepCount, in: connection)
        }
    }

    /// Forgets every record, in steps; what comes meanwhile stays.
    ///
    /// - Returns: how many; nil if the database cannot be used.
    func clear() async -> Int? {
        await settle()
        let last = await telemetry.run { (connection) throws(StorageError) in
            try TrafficTable.lastRow(in: connection)
        }
        guard let last else { return nil }
        return await remove { (connection) throws(StorageError) in
            try TrafficTable.clear(through: last, countMax: Self.stepCount, in: connection)
        }
    }

    /// Repeats a step until it removes nothing.
    @discardableResult private func remove(
        _ step: @escaping @Sendable (SQLiteConnection) throws(StorageError) -> Int
    ) async -> Int? {
        var removed = 0
        while true {
            guard let count = await telemetry.run(step) else { return nil }
            guard count > 0 else { return removed }
            removed += count
            await telemetry.shrink(pagesMax: Self.stepCount)
        }
    }

    // MARK: Reading

    /// The time zone of a name, read by the database's thread; nil if there is none.
    func timeZone(_ name: String) async -> TimeZoneRules? { await telemetry.timeZone(name) }

    /// Looks into the tables after everything that has come so far was stored.
    ///
    /// - Throws: 503 if the database cannot be used.
    func read<T: Sendable>(
        _ body: @escaping @Sendable (SQLiteConnection) throws(StorageError) -> T
    ) async throws(AdminError) -> T {
        await settle()
        guard let result = await telemetry.run(body) else {
            throw AdminError(.stateUnavailable, "The traffic log cannot be used now.")
        }
        return result
    }
}
