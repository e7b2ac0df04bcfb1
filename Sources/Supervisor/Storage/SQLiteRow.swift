import CSQLite

/// The row a statement stands on; valid until the next step.
nonisolated struct SQLiteRow: ~Copyable {
    let statement: OpaquePointer

    func text(_ column: CInt) -> String? {
        guard sqlite3_column_type(statement, column) != SQLITE_NULL,
            let bytes = sqlite3_column_text(statement, column)
        else { return nil }
        let count = Int(sqlite3_column_bytes(statement, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    func integer(_ column: CInt) -> Int? {
        guard sqlite3_column_type(statement, column) != SQLITE_NULL else { return nil }
        return Int(sqlite3_column_int64(statement, column))
    }

    func flag(_ column: CInt) -> Bool { sqlite3_column_int64(statement, column) != 0 }
}
