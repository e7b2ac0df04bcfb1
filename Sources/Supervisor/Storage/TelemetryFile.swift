import Glibc
import Platform

/// Opens telemetry.db. What cannot be used is put aside, one of it at most, and an empty file takes its place.
nonisolated struct TelemetryFile: Sendable {
    let path: String

    /// Where an unusable file goes; the one before it there is removed.
    var asidePath: String { path + ".lost" }

    /// - Returns: also whether what was there had to be put aside.
    func open() throws(StorageError) -> (connection: SQLiteConnection, isEmptied: Bool) {
        do throws(StorageError) {
            return (try connect(), false)
        } catch {
            guard error.isLoss else { throw error }
            return (try startEmpty(because: error), true)
        }
    }

    /// Puts the file aside, says so, and makes an empty one. Whoever had it open has closed it.
    func startEmpty(because error: StorageError) throws(StorageError) -> SQLiteConnection {
        // The journal goes with its database, or with nothing: beside an empty file it would be taken for its own.
        for suffix in ["-wal", "-shm", ""] where access(path + suffix, F_OK) == 0 {
            guard rename(path + suffix, asidePath + suffix) == 0 else {
                throw .folder(path: path, what: SystemError(call: "rename", errno: errno).description)
            }
        }
        Log.error(
            "telemetry-lost", "telemetry.db cannot be used and starts empty; the old one is kept beside it",
            ["path": asidePath, "reason": error])
        return try connect()
    }

    private func connect() throws(StorageError) -> SQLiteConnection {
        let connection = try SQLiteConnection(path: path, mode: .create)
        if try connection.integer("SELECT count(*) FROM sqlite_schema") == 0 {
            // Counts only before the first table.
            _ = try connection.text("PRAGMA auto_vacuum = INCREMENTAL")
            _ = try connection.text("PRAGMA application_id = \(TelemetrySchema.applicationID)")
        }
        guard try connection.integer("PRAGMA application_id") == TelemetrySchema.applicationID else {
            throw .foreignFile(path: path)
        }
        _ = try connection.text("PRAGMA journal_mode = WAL")
        for pragma in Self.pragmas { _ = try connection.text("PRAGMA \(pragma)") }
        try Migrator.migrate(connection, TelemetrySchema.steps)
        return connection
    }

    /// The last moments before a power loss may be missing (NORMAL); a killed process loses nothing it had stored.
    private static let pragmas = [
        "synchronous = NORMAL", "trusted_schema = OFF", "temp_store = MEMORY", "mmap_size = 0",
        "journal_size_limit = 16777216", "cell_size_check = ON",
    ]
}

nonisolated extension StorageError {
    /// Nothing can be read from this file, now or later, by this program.
    fileprivate var isLoss: Bool {
        switch self {
        case .newerVersion, .foreignFile: true
        default: isDamage
        }
    }
}
