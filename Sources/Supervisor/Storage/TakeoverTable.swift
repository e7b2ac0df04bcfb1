/// The rows of `takeovers`. They change in the transaction that stores what was taken over, so that nothing comes twice,
/// whenever the process is killed.
nonisolated enum TakeoverTable {
    /// The last row that was taken; nil: none.
    static func lastRow(of source: String, in connection: SQLiteConnection) throws(StorageError) -> Int? {
        try connection.rows("SELECT last_row FROM takeovers WHERE source = ?", [.text(source)]) {
            (row: borrowing SQLiteRow) throws(StorageError) in row.integer(0)
        }.first ?? nil
    }

    static func note(_ source: String, lastRow: Int, in connection: SQLiteConnection) throws(StorageError) {
        try connection.run(
            """
            INSERT INTO takeovers (source, last_row) VALUES (?, ?)
            ON CONFLICT (source) DO UPDATE SET last_row = excluded.last_row
            """, [.text(source), .integer(lastRow)])
    }

    static func forgetAll(in connection: SQLiteConnection) throws(StorageError) {
        try connection.run("DELETE FROM takeovers")
    }
}
