import GoogleAPI
import Platform
import Scheduling

/// The accounts' quota records on the scheduler's clock. One is made when its record changes, so that the same record is
/// the same snapshot each time.
nonisolated struct QuotaSnapshots {
    private var known: [String: (record: QuotaRecord, snapshot: QuotaSnapshot)] = [:]

    mutating func facts(_ accounts: [Account]) -> [AccountFacts] {
        let now = SchedulerInstant.now
        let wall = WallClock.unixMilliseconds
        var kept: [String: (record: QuotaRecord, snapshot: QuotaSnapshot)] = [:]
        let facts = accounts.map { account in
            guard let record = account.quota else { return account.facts(nil) }
            let snapshot =
                known[account.id].flatMap { $0.record == record ? $0.snapshot : nil }
                ?? QuotaSnapshot(record, now: now, wall: wall)
            kept[account.id] = (record, snapshot)
            return account.facts(snapshot)
        }
        known = kept
        return facts
    }
}

nonisolated extension QuotaSnapshot {
    /// - Parameter wall: the wall clock at `now`, in milliseconds.
    init(_ record: QuotaRecord, now: SchedulerInstant, wall: Int) {
        self.init(
            models: record.models.map { model in
                Model(
                    name: model.name, percentage: model.percentage,
                    resetAt: UTCTimestamp.parse(model.resetTime).map { now.advanced(by: $0 - wall) })
            }, takenAt: now.advanced(by: record.lastUpdated * 1000 - wall))
    }
}
