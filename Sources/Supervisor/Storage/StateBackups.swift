import Glibc
import Platform

/// The copies of state.db below `backups/`: made daily and before a migration, the newest seven kept.
nonisolated struct StateBackups: Sendable {
    let folder: String

    /// Copies kept; an older one is removed when a new one is complete.
    static let countMax = 7

    /// Paths of the copies, newest first. The names carry the time, so that they sort.
    var paths: [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix("state-"), name.hasSuffix(".db") { names.append(name) }
        }
        return names.sorted(by: >).map { folder + "/" + $0 }
    }

    /// Seconds since 1970 at which the newest copy was made.
    var newestTime: Int? {
        paths.first.flatMap { path in Int(path.dropFirst(folder.utf8.count + "/state-".utf8.count).dropLast(3)) }
    }

    /// Copies the database as it is now. The copy gets its name only when it is complete and on the disk.
    func make(of connection: SQLiteConnection, now: Int) throws(StorageError) {
        let temporary = folder + "/incomplete.db"
        unlink(temporary)
        // Published under another name, or not to take up room.
        defer { unlink(temporary) }
        do {
            let copy = try SQLiteConnection(path: temporary, mode: .create)
            try connection.copy(into: copy)
            // The original's journal mode is copied too; a copy is to be a single file.
            _ = try copy.text("PRAGMA journal_mode = DELETE")
        }
        let digits = String(now)
        let name = "state-" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits + ".db"
        try StateFiles.publish(temporary, as: folder + "/" + name)
        for path in paths.dropFirst(Self.countMax) { unlink(path) }
    }

    /// The newest copy that is sound and not newer than the program.
    func newestGood() -> String? {
        paths.first { path in
            guard let connection = try? SQLiteConnection(path: path, mode: .immutable) else { return false }
            return StateFiles.isSound(connection)
        }
    }
}
