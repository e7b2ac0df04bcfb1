import CSQLite

/// One open database file. Not for more than one thread: the database actor keeps it. Statements are prepared once and
/// kept by their text.
nonisolated final class SQLiteConnection {
    private let handle: OpaquePointer
    private var statements: [String: OpaquePointer] = [:]
    let path: String

    /// Statements kept prepared; all of ours are constants, so the bound is only ever met by a mistake.
    private static let statementCountMax = 200

    enum Mode: Sendable {
        case readWrite
        /// Made if it is missing.
        case create
        /// For a file that nobody writes: no lock, no side file.
        case immutable
    }

    /// Settings of the library, made before its first use.
    private static let setUp: Void = csqlite_do_not_count_memory()

    /// Opens a file. The path must be real: a symbolic link anywhere in it is refused (SQLITE_OPEN_NOFOLLOW).
    init(path: String, mode: Mode) throws(StorageError) {
        Self.setUp
        var handle: OpaquePointer?
        let common = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE
        let result =
            switch mode {
            case .readWrite: sqlite3_open_v2(path, &handle, common | SQLITE_OPEN_READWRITE, nil)
            case .create: sqlite3_open_v2(path, &handle, common | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nil)
            case .immutable:
                sqlite3_open_v2(
                    Self.immutableURI(path), &handle, common | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nil)
            }
        guard result == SQLITE_OK, let handle else {
            let system = sqlite3_system_errno(handle)
            sqlite3_close_v2(handle)
            throw StorageError(code: result, text: String(cString: sqlite3_errstr(result)), system: system)
        }
        self.handle = handle
        self.path = path
        _ = csqlite_db_config_flag(handle, SQLITE_DBCONFIG_DEFENSIVE, 1)
        sqlite3_busy_timeout(handle, 5_000)
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    /// For a file of somebody else: its schema may run nothing, a larger value is refused, and a statement that takes more
    /// steps is given up.
    func distrust(valueSizeMaxBytes: Int, stepCountMax: CInt) throws(StorageError) {
        for option in [SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW, SQLITE_DBCONFIG_TRUSTED_SCHEMA] {
            _ = csqlite_db_config_flag(handle, option, 0)
        }
        sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, CInt(clamping: valueSizeMaxBytes))
        sqlite3_progress_handler(handle, stepCountMax, { _ in 1 }, nil)
        for pragma in ["cell_size_check = ON", "mmap_size = 0", "query_only = ON"] { _ = try text("PRAGMA \(pragma)") }
    }

    /// Runs a statement that answers no rows.
    func run(_ sql: String, _ values: [SQLiteValue] = []) throws(StorageError) {
        _ = try rows(sql, values) { (_: borrowing SQLiteRow) throws(StorageError) in () }
    }

    /// Runs a statement and reads every row of its answer.
    func rows<T>(
        _ sql: String, _ values: [SQLiteValue] = [], _ read: (borrowing SQLiteRow) throws(StorageError) -> T
    ) throws(StorageError) -> [T] {
        let statement = try prepared(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() { try bind(value, statement, CInt(index + 1)) }
        var answers: [T] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: answers.append(try read(SQLiteRow(statement: statement)))
            case SQLITE_DONE: return answers
            case let code: throw error(code)
            }
        }
    }

    /// A statement that answers no rows, to be run several times.
    func statement(_ sql: String) throws(StorageError) -> SQLiteStatement {
        SQLiteStatement(try prepared(sql), of: self)
    }

    /// The integer in the first cell of the answer.
    func integer(_ sql: String) throws(StorageError) -> Int? {
        try rows(sql) { (row: borrowing SQLiteRow) throws(StorageError) in row.integer(0) }.first ?? nil
    }

    /// The text in the first cell of the answer.
    func text(_ sql: String, _ values: [SQLiteValue] = []) throws(StorageError) -> String? {
        try rows(sql, values) { (row: borrowing SQLiteRow) throws(StorageError) in row.text(0) }.first ?? nil
    }

    /// Runs several statements that are written in the program; they are not kept.
    func script(_ sql: String) throws(StorageError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code) }
    }

    /// Runs `body` in an IMMEDIATE transaction: all of it is stored, or nothing.
    func transaction<T>(_ body: (SQLiteConnection) throws(StorageError) -> T) throws(StorageError) -> T {
        try script("BEGIN IMMEDIATE")
        do throws(StorageError) {
            let result = try body(self)
            try script("COMMIT")
            return result
        } catch {
            // SQLite may have rolled back by itself, as it does when the disk is full; then this one has nothing to do.
            try? script("ROLLBACK")
            throw error
        }
    }

    /// Copies the whole database, as it is now, into another one.
    func copy(into other: SQLiteConnection) throws(StorageError) {
        guard let backup = sqlite3_backup_init(other.handle, "main", handle, "main") else {
            throw other.error(sqlite3_errcode(other.handle))
        }
        let stepped = sqlite3_backup_step(backup, -1)
        let finished = sqlite3_backup_finish(backup)
        guard stepped == SQLITE_DONE else { throw error(stepped) }
        guard finished == SQLITE_OK else { throw other.error(finished) }
    }

    /// The whole database as the bytes of a file, as it is now; needs no room on the disk. The file needs no journal beside
    /// it, whatever this one has.
    func image() throws(StorageError) -> [UInt8] {
        var size: sqlite3_int64 = 0
        guard let bytes = sqlite3_serialize(handle, "main", &size, 0) else {
            throw StorageError(code: SQLITE_NOMEM, text: String(cString: sqlite3_errmsg(handle)))
        }
        defer { sqlite3_free(bytes) }
        var image = Array(UnsafeBufferPointer(start: bytes, count: Int(size)))
        // "File format write version" and "read version" of the header: 1 means a rollback journal
        // (sqlite.org, "Database File Format", section 1.3).
        for offset in [18, 19] where image.count > offset { image[offset] = 1 }
        return image
    }

    private func prepared(_ sql: String) throws(StorageError) -> OpaquePointer {
        if let statement = statements[sql] { return statement }
        precondition(statements.count < Self.statementCountMax, "statements are constants; values are bound")
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw error(code) }
        statements[sql] = statement
        return statement
    }

    private func bind(_ value: SQLiteValue, _ statement: OpaquePointer, _ index: CInt) throws(StorageError) {
        let code: CInt =
            switch value {
            case .null: sqlite3_bind_null(statement, index)
            case .integer(let integer): sqlite3_bind_int64(statement, index, sqlite3_int64(integer))
            case .text(var text):
                text.withUTF8 { bytes in
                    bytes.withMemoryRebound(to: CChar.self) {
                        // An empty string may have no address, which SQLite would take for NULL.
                        csqlite_bind_text(
                            statement, index, $0.baseAddress ?? UnsafePointer(SQLiteStatement.nothing), CInt($0.count))
                    }
                }
            case .blob(let bytes):
                bytes.withUnsafeBytes { csqlite_bind_blob(statement, index, $0.baseAddress, CInt($0.count)) }
            }
        guard code == SQLITE_OK else { throw error(code) }
    }

    func error(_ code: CInt) -> StorageError {
        let text = String(cString: sqlite3_errmsg(handle))
        var system = sqlite3_system_errno(handle)
        if system == 0, code & 0xFF == SQLITE_IOERR { system = csqlite_last_errno(handle) }
        return StorageError(code: code, text: text, system: system)
    }

    /// Characters with a meaning in a URI are escaped; slashes stay.
    private static func immutableURI(_ path: String) -> String {
        let escaped = path.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                return String(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                return "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return "file:" + escaped.joined() + "?immutable=1"
    }
}
