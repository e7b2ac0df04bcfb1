import Glibc
import Platform

/// What happens to the files of state.db as files: published, moved aside, found sound or not.
nonisolated enum StateFiles {
    /// Whether a database passes SQLite's check, is ours and not newer than the program.
    static func isSound(_ connection: SQLiteConnection) -> Bool {
        guard let verdict = try? connection.text("PRAGMA quick_check(1)"), verdict == "ok",
            let application = try? connection.integer("PRAGMA application_id"),
            let version = try? connection.integer("PRAGMA user_version")
        else { return false }
        return application == StateSchema.applicationID && (1...StateSchema.steps.count).contains(version)
    }

    /// Gives a complete file its name, so that after a power loss there is the old file or the new one.
    static func publish(_ temporary: String, as path: String) throws(StorageError) {
        chmod(temporary, 0o600)
        try synchronize(temporary, O_RDONLY)
        guard rename(temporary, path) == 0 else { throw failure(path, "rename") }
        try synchronize(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]), O_RDONLY | O_DIRECTORY)
    }

    /// Renames the three files of a damaged database, so that nothing of them is lost and nothing of them is used.
    static func moveAside(_ database: String, now: Int) throws(StorageError) {
        for suffix in ["-wal", "-shm", ""] {
            let path = database + suffix
            guard access(path, F_OK) == 0 else { continue }
            guard rename(path, database + ".corrupt-\(now)" + suffix) == 0 else { throw failure(path, "rename") }
        }
    }

    /// Writes a file of its own, for its owner alone; what was there under this name is lost.
    static func write(_ bytes: [UInt8], to path: String) throws(StorageError) {
        unlink(path)
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw DiskReserve.isNoRoom(errno) ? .full : failure(path, "open") }
        defer { close(file) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + written, $0.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let refusal: StorageError = DiskReserve.isNoRoom(errno) ? .full : failure(path, "write")
                unlink(path)
                throw refusal
            }
            written += count
        }
    }

    static func copy(_ source: String, to target: String) throws(StorageError) {
        let input = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard input >= 0 else { throw failure(source, "open") }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard output >= 0 else { throw failure(target, "open") }
        defer { close(output) }
        while true {
            let count = sendfile(output, input, nil, 1 << 20)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw DiskReserve.isNoRoom(errno) ? .full : failure(target, "sendfile") }
            if count == 0 { return }
        }
    }

    private static func synchronize(_ path: String, _ flags: CInt) throws(StorageError) {
        let file = open(path, flags | O_CLOEXEC)
        guard file >= 0 else { throw failure(path, "open") }
        defer { close(file) }
        guard fsync(file) == 0 else { throw failure(path, "fsync") }
    }

    private static func failure(_ path: String, _ call: String) -> StorageError {
        .folder(path: path, what: SystemError(call: call, errno: errno).description)
    }
}
