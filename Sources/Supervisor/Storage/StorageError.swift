import CSQLite

/// Why the state cannot be read or written. At start any of these ends the process with exit status 78; later they become
/// an answer of the admin API. The text is one line and never holds a value from the database.
nonisolated enum StorageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The data folder cannot be made, entered, owned or written; `what` says which.
    case folder(path: String, what: String)
    /// Another supervisor holds the lock of the data folder.
    case locked(path: String)
    /// The database was written by a newer version.
    case newerVersion(found: Int, known: Int)
    /// The file is a database of some other program.
    case foreignFile(path: String)
    /// The database is damaged and no backup is usable. The files are left where they are.
    case damaged(path: String, what: String)
    /// No room on the disk; nothing was changed.
    case full
    /// Another process kept the database locked beyond the time limit.
    case busy
    /// Any other refusal of SQLite, with its extended code.
    case failed(code: CInt, text: String)
    /// A row does not hold what its schema promises.
    case unreadable(table: String, what: String)
    /// The database is closed: the process is stopping.
    case closed

    var description: String {
        switch self {
        case .folder(let path, let what): "data folder \(path): \(what)"
        case .locked(let path): "data folder \(path) is in use by another supervisor"
        case .newerVersion(let found, let known):
            "the state database has version \(found), this program knows \(known): start the newer program, or restore a backup"
        case .foreignFile(let path): "\(path) is a database of another program"
        case .damaged(let path, let what):
            "\(path) is damaged (\(what)) and there is no usable backup; nothing was changed"
        case .full: "no room on the disk of the data folder"
        case .busy: "the state database is locked by another process"
        case .failed(let code, let text): "state database: \(text) (\(code))"
        case .unreadable(let table, let what): "state database: table \(table): \(what)"
        case .closed: "the state database is closed"
        }
    }

    /// The error of a result code, with the words SQLite has for it.
    /// - Parameter system: errno of the system call that failed, 0 if none did. Only some calls that lack room end in `SQLITE_FULL`.
    init(code: CInt, text: String, system: CInt = 0) {
        switch code & 0xFF {
        case SQLITE_IOERR where DiskReserve.isNoRoom(system), SQLITE_CANTOPEN where DiskReserve.isNoRoom(system):
            self = .full
        case SQLITE_FULL: self = .full
        case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
        default: self = .failed(code: code, text: text)
        }
    }

    /// The file is not a database, or its pages contradict each other.
    var isDamage: Bool {
        if case .failed(let code, _) = self { [SQLITE_CORRUPT, SQLITE_NOTADB].contains(code & 0xFF) } else { false }
    }
}
