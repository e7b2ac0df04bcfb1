import CSQLite

/// A statement that answers no rows and is run again and again, each time with other values.
///
/// Texts are not copied: SQLite reads them where they are. They must stay there until `unbind`, which whoever took the
/// statement calls in the end.
nonisolated struct SQLiteStatement {
    private let handle: OpaquePointer
    private let connection: SQLiteConnection
    private var place: CInt = 0
    private var failure = SQLITE_OK

    init(_ handle: OpaquePointer, of connection: SQLiteConnection) {
        self.handle = handle
        self.connection = connection
    }

    /// Gives the next place a text; nil: NULL.
    mutating func bind(_ text: UnsafeBufferPointer<UInt8>?) {
        guard let text else { return note(sqlite3_bind_null(handle, next())) }
        // An empty text may have no address, which SQLite would take for NULL.
        let address = text.baseAddress.map { UnsafeRawPointer($0) } ?? UnsafeRawPointer(Self.nothing)
        note(
            csqlite_bind_text_in_place(
                handle, next(), address.assumingMemoryBound(to: CChar.self), CInt(clamping: text.count)))
    }

    mutating func bind(_ text: StaticString?) {
        bind(text.map { UnsafeBufferPointer(start: $0.utf8Start, count: $0.utf8CodeUnitCount) })
    }

    /// Gives the next place a number; nil: NULL.
    mutating func bind(_ integer: Int?) {
        guard let integer else { return note(sqlite3_bind_null(handle, next())) }
        note(sqlite3_bind_int64(handle, next(), sqlite3_int64(integer)))
    }

    /// Runs it with a value in each place; the next value is that of the first place again.
    mutating func run() throws(StorageError) {
        let step = failure == SQLITE_OK ? sqlite3_step(handle) : failure
        // Says again what the step has said.
        let problem = step == SQLITE_DONE ? nil : connection.error(step)
        sqlite3_reset(handle)
        place = 0
        failure = SQLITE_OK
        if let problem { throw problem }
    }

    /// Forgets all values, and where they are.
    func unbind() { sqlite3_clear_bindings(handle) }

    private mutating func next() -> CInt {
        place += 1
        return place
    }

    private mutating func note(_ code: CInt) {
        if code != SQLITE_OK { failure = code }
    }

    /// An address for what has no bytes.
    nonisolated(unsafe) static let nothing = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
}
