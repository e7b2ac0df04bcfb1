import IPC

/// The rows of `signatures`.
nonisolated enum SignatureTable {
    /// Bytes that a row takes beside key and value, roughly. The schema counts with the same number.
    static let rowOverheadBytes = 96

    /// The records of these keys that were used since `cutoff`.
    static func find(
        _ keys: [SignatureKey], since cutoff: Int, in connection: SQLiteConnection
    ) throws(StorageError) -> [SignatureKey: SignatureRecord] {
        var found: [SignatureKey: SignatureRecord] = [:]
        for key in keys {
            found[key] =
                try connection.rows(
                    "SELECT family, value, used_at FROM signatures WHERE space = ? AND key = ? AND used_at >= ?",
                    [.integer(Int(key.space)), .blob(key.key), .integer(cutoff)]
                ) { (row: borrowing SQLiteRow) throws(StorageError) in
                    SignatureRecord(
                        family: row.text(0) ?? "", value: row.blob(1) ?? [], usedAt: row.integer(2) ?? 0)
                }.first
        }
        return found
    }

    static func apply(_ changes: [SignatureChange], in connection: SQLiteConnection) throws(StorageError) {
        for change in changes {
            switch change {
            case .keep(let key, let record):
                try connection.run(
                    """
                    INSERT INTO signatures (space, key, family, value, used_at) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (space, key) DO UPDATE
                    SET family = excluded.family, value = excluded.value, used_at = excluded.used_at
                    """,
                    [
                        .integer(Int(key.space)), .blob(key.key), .text(record.family), .blob(record.value),
                        .integer(record.usedAt),
                    ])
            case .use(let key, let usedAt):
                try connection.run(
                    "UPDATE signatures SET used_at = ? WHERE space = ? AND key = ?",
                    [.integer(usedAt), .integer(Int(key.space)), .blob(key.key)])
            case .forget(let key):
                try connection.run(
                    "DELETE FROM signatures WHERE space = ? AND key = ?",
                    [.integer(Int(key.space)), .blob(key.key)])
            }
        }
    }

    /// Removes rows that were used before `cutoff`, so many at most.
    /// - Returns: how many were removed.
    static func expire(before cutoff: Int, countMax: Int, in connection: SQLiteConnection) throws(StorageError) -> Int {
        try connection.run(
            """
            DELETE FROM signatures
            WHERE id IN (SELECT id FROM signatures WHERE used_at < ? ORDER BY used_at LIMIT ?)
            """, [.integer(cutoff), .integer(countMax)])
        return try connection.integer("SELECT changes()") ?? 0
    }

    /// Removes the rows that were used longest ago, so many.
    static func removeOldest(_ count: Int, in connection: SQLiteConnection) throws(StorageError) {
        try connection.run(
            "DELETE FROM signatures WHERE id IN (SELECT id FROM signatures ORDER BY used_at, id LIMIT ?)",
            [.integer(count)])
    }

    /// Bytes of all rows; the schema keeps count.
    static func byteCount(in connection: SQLiteConnection) throws(StorageError) -> Int {
        try connection.integer("SELECT bytes FROM signature_total") ?? 0
    }

    /// Reads rows behind `id`, which shows whether their pages can be read.
    ///
    /// - Returns: the last row's id; nil behind the last row.
    static func check(after id: Int, countMax: Int, in connection: SQLiteConnection) throws(StorageError) -> Int? {
        try connection.rows(
            "SELECT id, space, family, length(key) + length(value) FROM signatures WHERE id > ? ORDER BY id LIMIT ?",
            [.integer(id), .integer(countMax)]
        ) { (row: borrowing SQLiteRow) throws(StorageError) in row.integer(0) ?? 0 }.last
    }
}
