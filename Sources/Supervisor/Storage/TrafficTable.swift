/// The rows of `request_logs` and `request_bodies`.
nonisolated enum TrafficTable {
    static let columns =
        "id, request_id, timestamp, method, url, status, duration, model, mapped_model, account_email, error, "
        + "input_tokens, output_tokens, protocol, cursor_payload_kind, client_ip, worker_id, stream"

    // MARK: Writing

    /// A record that another program has kept, without bodies.
    static func insert(_ entry: TrafficEntry, in connection: SQLiteConnection) throws(StorageError) {
        try connection.run(
            "INSERT INTO request_logs (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(entry.id), .text(entry.requestID), .integer(entry.timestamp), .text(entry.method),
                .text(entry.url), .integer(entry.status), .integer(entry.duration), .optional(entry.model),
                .optional(entry.mappedModel), .optional(entry.accountEmail), .optional(entry.error),
                .optional(entry.inputTokens), .optional(entry.outputTokens), .optional(entry.protocolName),
                .optional(entry.payloadKind), .optional(entry.clientIP), .optional(entry.workerID),
                .flag(entry.isStream),
            ])
    }

    // MARK: Reading

    /// Newest first, without bodies.
    static func list(
        _ filter: TrafficFilter, limit: Int, offset: Int, in connection: SQLiteConnection
    ) throws(StorageError) -> [TrafficEntry] {
        let condition = filter.condition
        return try connection.rows(
            """
            SELECT \(columns) FROM request_logs WHERE \(condition.sql)
            ORDER BY timestamp DESC, seq DESC LIMIT ? OFFSET ?
            """, condition.values + [.integer(limit), .integer(offset)], entry)
    }

    static func count(_ filter: TrafficFilter, in connection: SQLiteConnection) throws(StorageError) -> Int {
        let condition = filter.condition
        return try connection.rows(
            "SELECT count(*) FROM request_logs WHERE \(condition.sql)", condition.values
        ) { (row: borrowing SQLiteRow) throws(StorageError) in row.integer(0) ?? 0 }.first ?? 0
    }

    /// One record with what was kept of its bodies.
    static func find(_ id: String, in connection: SQLiteConnection) throws(StorageError) -> TrafficEntry? {
        try connection.rows(
            """
            SELECT \(columns), request_body, response_body
            FROM request_logs LEFT JOIN request_bodies USING (seq) WHERE id = ?
            """, [.text(id)]
        ) { (row: borrowing SQLiteRow) throws(StorageError) in
            var entry = try entry(row)
            entry.requestBody = row.text(18).map { Array($0.utf8) }
            entry.responseBody = row.text(19).map { Array($0.utf8) }
            return entry
        }.first
    }

    /// All records, and those with a status from 200 to 399.
    static func totals(in connection: SQLiteConnection) throws(StorageError) -> (all: Int, successes: Int) {
        try connection.rows(
            """
            SELECT count(*), count(*) - (SELECT count(*) FROM request_logs WHERE status < 200 OR status >= 400)
            FROM request_logs
            """
        ) {
            (row: borrowing SQLiteRow) throws(StorageError) in (row.integer(0) ?? 0, row.integer(1) ?? 0)
        }.first ?? (0, 0)
    }

    private static func entry(_ row: borrowing SQLiteRow) throws(StorageError) -> TrafficEntry {
        TrafficEntry(
            id: row.text(0) ?? "", requestID: row.text(1) ?? "", timestamp: row.integer(2) ?? 0,
            method: row.text(3) ?? "", url: row.text(4) ?? "", status: row.integer(5) ?? 0,
            duration: row.integer(6) ?? 0, model: row.text(7), mappedModel: row.text(8), accountEmail: row.text(9),
            error: row.text(10), inputTokens: row.integer(11), outputTokens: row.integer(12),
            protocolName: row.text(13), payloadKind: row.text(14), clientIP: row.text(15), workerID: row.integer(16),
            isStream: row.flag(17))
    }

    /// Reads records behind `row`, which shows whether their pages can be read.
    ///
    /// - Returns: the last one's number; nil behind the last.
    static func check(after row: Int, countMax: Int, in connection: SQLiteConnection) throws(StorageError) -> Int? {
        try connection.rows(
            "SELECT seq, length(url) + length(error) FROM request_logs WHERE seq > ? ORDER BY seq LIMIT ?",
            [.integer(row), .integer(countMax)]
        ) { (row: borrowing SQLiteRow) throws(StorageError) in row.integer(0) ?? 0 }.last
    }

    /// The same of bodies.
    static func checkBodies(
        after row: Int, countMax: Int, in connection: SQLiteConnection
    ) throws(StorageError) -> Int? {
        try connection.rows(
            """
            SELECT seq, length(request_body), length(response_body) FROM request_bodies
            WHERE seq > ? ORDER BY seq LIMIT ?
            """, [.integer(row), .integer(countMax)]
        ) { (row: borrowing SQLiteRow) throws(StorageError) in row.integer(0) ?? 0 }.last
    }

    // MARK: Removing, in steps

    /// The last row there is; what comes later is newer.
    static func lastRow(in connection: SQLiteConnection) throws(StorageError) -> Int {
        try connection.integer("SELECT max(seq) FROM request_logs") ?? 0
    }

    /// - Returns: how many rows went, `countMax` at most.
    static func clear(through last: Int, countMax: Int, in connection: SQLiteConnection) throws(StorageError) -> Int {
        try connection.run(
            "DELETE FROM request_logs WHERE seq IN (SELECT seq FROM request_logs WHERE seq <= ? LIMIT ?)",
            [.integer(last), .integer(countMax)])
        return try connection.integer("SELECT changes()") ?? 0
    }

    static func expire(before time: Int, countMax: Int, in connection: SQLiteConnection) throws(StorageError) -> Int {
        try connection.run(
            """
            DELETE FROM request_logs
            WHERE seq IN (SELECT seq FROM request_logs WHERE timestamp < ? ORDER BY timestamp LIMIT ?)
            """, [.integer(time), .integer(countMax)])
        return try connection.integer("SELECT changes()") ?? 0
    }

    /// Removes the oldest records beyond the newest `limit`.
    static func trim(to limit: Int, countMax: Int, in connection: SQLiteConnection) throws(StorageError) -> Int {
        let excess = (try connection.integer("SELECT count(*) FROM request_logs") ?? 0) - limit
        guard excess > 0 else { return 0 }
        try connection.run(
            """
            DELETE FROM request_logs
            WHERE seq IN (SELECT seq FROM request_logs ORDER BY timestamp, seq LIMIT ?)
            """, [.integer(min(excess, countMax))])
        return try connection.integer("SELECT changes()") ?? 0
    }

    /// Removes the oldest bodies while all of them take more than `limit` bytes; their records stay.
    static func trimBodies(to limit: Int, countMax: Int, in connection: SQLiteConnection) throws(StorageError) -> Int {
        guard try bodyByteCount(in: connection) > limit else { return 0 }
        try connection.run(
            "DELETE FROM request_bodies WHERE seq IN (SELECT seq FROM request_bodies ORDER BY seq LIMIT ?)",
            [.integer(countMax)])
        return try connection.integer("SELECT changes()") ?? 0
    }

    /// Bytes of all bodies; the schema keeps count.
    static func bodyByteCount(in connection: SQLiteConnection) throws(StorageError) -> Int {
        try connection.integer("SELECT bytes FROM request_body_total") ?? 0
    }
}
