import Glibc
import Platform

/// Opens state.db: checked, restored from a backup if it is damaged, brought to the program's version. It never starts
/// empty where something was: a missing file beside backups is restored too, because a restore that was killed between
/// moving the damaged file aside and putting the copy in its place looks like that.
nonisolated struct StateFile: Sendable {
    let path: String
    let backups: StateBackups

    nonisolated struct Opened {
        let connection: SQLiteConnection
        /// The backup that was put in place of a damaged or missing file.
        let restoredFrom: String?
    }

    /// - Parameter now: seconds since 1970, for the names of files.
    func open(now: Int) throws(StorageError) -> Opened {
        switch try inspect() {
        case .missing where backups.paths.isEmpty: return Opened(connection: try start(.create, now), restoredFrom: nil)
        case .missing: return try restore("missing", now)
        case .sound: return Opened(connection: try start(.readWrite, now), restoredFrom: nil)
        case .damaged(let what): return try restore(what, now)
        }
    }

    private enum Condition { case missing, sound, damaged(String) }

    /// Looks at the file without changing it, but for what SQLite does to recover its journal.
    private func inspect() throws(StorageError) -> Condition {
        guard access(path, F_OK) == 0 else { return .missing }
        do throws(StorageError) {
            let connection = try SQLiteConnection(path: path, mode: .readWrite)
            if try isBlank(connection) { return backups.paths.isEmpty ? .sound : .damaged("empty") }
            guard let verdict = try connection.text("PRAGMA quick_check(1)"), verdict == "ok" else {
                return .damaged("quick_check failed")
            }
            guard try connection.integer("PRAGMA application_id") == StateSchema.applicationID else {
                throw StorageError.foreignFile(path: path)
            }
            let version = try connection.integer("PRAGMA user_version") ?? 0
            guard version <= StateSchema.steps.count else {
                throw StorageError.newerVersion(found: version, known: StateSchema.steps.count)
            }
            return .sound
        } catch  where error.isDamage {
            return .damaged(error.description)
        }
    }

    /// A first start that was killed before its first migration leaves such a file.
    private func isBlank(_ connection: SQLiteConnection) throws(StorageError) -> Bool {
        guard try connection.integer("PRAGMA user_version") == 0 else { return false }
        return try connection.integer("SELECT count(*) FROM sqlite_schema") == 0
    }

    private func start(_ mode: SQLiteConnection.Mode, _ now: Int) throws(StorageError) -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, mode: mode)
        _ = try connection.text("PRAGMA journal_mode = WAL")
        for pragma in Self.pragmas { _ = try connection.text("PRAGMA \(pragma)") }
        let version = try connection.integer("PRAGMA user_version") ?? 0
        if version == 0 {
            _ = try connection.text("PRAGMA application_id = \(StateSchema.applicationID)")
        } else if version < StateSchema.steps.count {
            try backups.make(of: connection, now: now)
        }
        try Migrator.migrate(connection, StateSchema.steps)
        return connection
    }

    private func restore(_ what: String, _ now: Int) throws(StorageError) -> Opened {
        guard let copy = backups.newestGood() else { throw .damaged(path: path, what: what) }
        let temporary = path + ".restoring"
        try StateFiles.copy(copy, to: temporary)
        try StateFiles.moveAside(path, now: now)
        try StateFiles.publish(temporary, as: path)
        Log.error("state-restored", "state.db was damaged; restored from a backup", ["backup": copy, "damage": what])
        return Opened(connection: try start(.readWrite, now), restoredFrom: copy)
    }

    /// An acknowledged write survives a power loss (FULL); what is deleted is overwritten (secure_delete).
    private static let pragmas = [
        "synchronous = FULL", "foreign_keys = ON", "trusted_schema = OFF", "secure_delete = ON", "temp_store = MEMORY",
        "mmap_size = 0", "journal_size_limit = 16777216", "cell_size_check = ON",
    ]
}
