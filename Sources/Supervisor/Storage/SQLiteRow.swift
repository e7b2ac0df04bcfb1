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

    /// nil for NULL; an empty blob is empty.
    func blob(_ column: CInt) -> [UInt8]? {
        guard sqlite3_column_type(statement, column) != SQLITE_NULL else { return nil }
        let count = Int(sqlite3_column_bytes(statement, column))
        guard count > 0, let bytes = sqlite3_column_blob(statement, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: bytes, count: count))
    }

    func integer(_ column: CInt) -> Int? {
        guard sqlite3_column_type(statement, column) != SQLITE_NULL else { return nil }
        return Int(sqlite3_column_int64(statement, column))
    }

    func flag(_ column: CInt) -> Bool { sqlite3_column_int64(statement, column) != 0 }
}
