import Glibc
import Platform

/// What an operator does with the state while no supervisor runs on it: look at it, copy it, put a copy in its place. Holds
/// the lock of the data folder as long as it lives. Blocks.
nonisolated struct StateArchive {
    private let folder: StateFolder
    private let backups: StateBackups

    /// The largest copy that is taken.
    static let imageSizeMaxBytes = 256 << 20

    /// - Throws: `.locked` while a supervisor has the folder.
    init(dataDirectory: String) throws(StorageError) {
        folder = try StateFolder(dataDirectory)
        backups = StateBackups(folder: folder.backupsPath)
    }

    /// Paths of the copies that the gateway has made, newest first.
    var backupPaths: [String] { backups.paths }

    /// What can be said of a database; looking brings its journal in, if it has one.
    struct Condition: Equatable {
        var version: Int
        /// nil: it is sound.
        var damage: String?
    }

    /// nil: there is none.
    func inspect() throws(StorageError) -> Condition? {
        guard access(folder.databasePath, F_OK) == 0 else { return nil }
        return try Self.inspect(folder.databasePath, mode: .readWrite, schema: .state)
    }

    /// nil: there is none.
    func inspectTelemetry() throws(StorageError) -> Condition? {
        guard access(folder.telemetryPath, F_OK) == 0 else { return nil }
        return try Self.inspect(folder.telemetryPath, mode: .readWrite, schema: .telemetry)
    }

    /// The state as the bytes of one file.
    func image() throws(StorageError) -> [UInt8] {
        guard let condition = try inspect() else { throw .folder(path: folder.databasePath, what: "is not there") }
        if let damage = condition.damage { throw .damaged(path: folder.databasePath, what: damage) }
        return try SQLiteConnection(path: folder.databasePath, mode: .readWrite).image()
    }

    /// Puts a copy in the place of the state, after it was checked; the state that was there becomes the newest backup, or is
    /// moved aside if it is damaged. A death at any moment leaves the old state, the new one, or none beside a backup of
    /// the old one, from which the next start restores.
    ///
    /// - Returns: where the state that was there is now; nil if there was none.
    func restore(_ image: [UInt8], now: Int) throws(StorageError) -> String? {
        let temporary = folder.databasePath + ".restoring"
        try StateFiles.write(image, to: temporary)
        do throws(StorageError) {
            let condition = try Self.inspect(temporary, mode: .immutable, schema: .state)
            if let damage = condition.damage { throw .damaged(path: "the copy", what: damage) }
            let kept = try putAway(now)
            try StateFiles.publish(temporary, as: folder.databasePath)
            return kept
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private func putAway(_ now: Int) throws(StorageError) -> String? {
        guard let condition = try inspect() else {
            // A journal without its database would be taken for the new one's.
            try StateFiles.moveAside(folder.databasePath, now: now)
            return nil
        }
        guard condition.damage == nil else {
            try StateFiles.moveAside(folder.databasePath, now: now)
            return folder.databasePath + ".corrupt-\(now)"
        }
        do {
            let connection = try SQLiteConnection(path: folder.databasePath, mode: .readWrite)
            try backups.make(of: connection, now: now)
            _ = try connection.text("PRAGMA journal_mode = DELETE")
        }
        for suffix in ["-wal", "-shm"] { unlink(folder.databasePath + suffix) }
        return backups.paths.first
    }

    // MARK: Looking

    enum Schema {
        case state, telemetry

        var applicationID: Int {
            switch self {
            case .state: StateSchema.applicationID
            case .telemetry: TelemetrySchema.applicationID
            }
        }

        var version: Int {
            switch self {
            case .state: StateSchema.steps.count
            case .telemetry: TelemetrySchema.steps.count
            }
        }
    }

    /// - Throws: `.newerVersion`, `.foreignFile`, and what opening throws; damage is no error here.
    private static func inspect(
        _ path: String, mode: SQLiteConnection.Mode, schema: Schema
    ) throws(StorageError) -> Condition {
        do throws(StorageError) {
            let connection = try SQLiteConnection(path: path, mode: mode)
            if let verdict = try connection.text("PRAGMA integrity_check(1)"), verdict != "ok" {
                return Condition(version: 0, damage: "integrity_check: \(verdict.prefix(100))")
            }
            let version = try connection.integer("PRAGMA user_version") ?? 0
            if version == 0, try connection.integer("SELECT count(*) FROM sqlite_schema") == 0 {
                return Condition(version: 0, damage: "it is empty")
            }
            guard try connection.integer("PRAGMA application_id") == schema.applicationID else {
                throw StorageError.foreignFile(path: path)
            }
            guard version <= schema.version else {
                throw StorageError.newerVersion(found: version, known: schema.version)
            }
            let broken = try connection.rows("PRAGMA foreign_key_check") {
                (row: borrowing SQLiteRow) throws(StorageError) in row.text(0) ?? ""
            }
            return Condition(version: version, damage: broken.first.map { "a row of \($0) has lost its account" })
        } catch  where error.isDamage {
            return Condition(version: 0, damage: error.description)
        }
    }
}
