import Platform

/// Takes over the traffic log and the token statistics of another program, after the start and in steps: nobody waits for it,
/// and a death in between costs nothing but time.
final class TrafficTakeover {
    private let database: Database
    private let telemetry: Telemetry
    private let secrets: LiteralSecrets
    private let scratch: String
    private var isStopping = false

    /// - Parameters:
    ///   - secrets: never stored.
    ///   - scratch: a folder for copies, without links in its path.
    init(_ database: Database, _ telemetry: Telemetry, secrets: LiteralSecrets, scratch: String) {
        self.database = database
        self.telemetry = telemetry
        self.secrets = secrets
        self.scratch = scratch
    }

    /// Does what the first start has left to do; nothing on any other.
    func run() async {
        guard let folder = await pending() else { return }
        let original = OriginalTraffic(folder: folder, scratch: scratch, now: WallClock.unixSeconds)
        var counts: [String: Int] = [:]
        for part in OriginalTraffic.Part.allCases {
            guard let count = await take(part, of: original) else { return await original.close() }
            counts[part.rawValue] = count
        }
        await original.close()
        await finish()
        Log.notice(
            "original-traffic-taken-over", "the traffic log and the statistics of another program were taken over",
            [
                "requests": counts["request_logs"] ?? 0, "usage": counts["token_usage"] ?? 0,
                "hours": counts["token_stats_hourly"] ?? 0,
            ])
    }

    /// The next start goes on where this one is.
    func stop() { isStopping = true }

    private func pending() async -> String? {
        do throws(StorageError) {
            return try await database.read { (connection) throws(StorageError) in
                try MetaTable.value(.originalFolder, in: connection)
            }
        } catch {
            return nil
        }
    }

    private func finish() async {
        do throws(StorageError) {
            try await database.write { (connection) throws(StorageError) in
                try MetaTable.set(.originalFolder, to: nil, in: connection)
            }
            _ = await telemetry.run { (connection) throws(StorageError) in try TakeoverTable.forgetAll(in: connection) }
        } catch {
            Log.warning("original-not-finished", "the next start looks at it again", ["reason": error])
        }
    }

    /// - Returns: how many rows were kept; nil if it is to go on at the next start.
    private func take(_ part: OriginalTraffic.Part, of original: OriginalTraffic) async -> Int? {
        let source = part.rawValue
        let known = await telemetry.run { (connection) throws(StorageError) in
            try TakeoverTable.lastRow(of: source, in: connection)
        }
        guard var last = known else { return nil }
        var count = 0
        while !isStopping {
            let page: OriginalTraffic.Page?
            do throws(ImportError) {
                page = try await original.page(part, after: last)
            } catch {
                Log.warning(
                    "original-left-out", "a part of it could not be taken over",
                    ["name": source, "reason": ForeignJSON.reason(error)])
                return count
            }
            guard let page, let lastRow = page.lastRow else { return count }
            let kept = await telemetry.run { [secrets] (connection) throws(StorageError) in
                try TakeoverTable.note(source, lastRow: lastRow, in: connection)
                return try page.batch.store(without: secrets, in: connection)
            }
            guard let kept else { return nil }
            count += kept
            last = lastRow
        }
        return nil
    }
}

nonisolated extension OriginalTraffic.Batch {
    /// - Returns: how many rows were stored.
    fileprivate func store(without secrets: LiteralSecrets, in connection: SQLiteConnection) throws(StorageError) -> Int
    {
        switch self {
        case .requests(let entries):
            for entry in entries { try TrafficTable.insert(secrets.removed(from: entry), in: connection) }
            return entries.count
        case .usage(let rows):
            for row in rows { try TokenTable.insert(row, in: connection) }
            return rows.count
        case .hours(let hours):
            for hour in hours { try TokenTable.add(hour, in: connection) }
            return hours.count
        }
    }
}
