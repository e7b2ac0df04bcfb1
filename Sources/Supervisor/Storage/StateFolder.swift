import Glibc
import Platform

/// The folder that holds the state: made, checked and locked before anything in it is opened. The lock lives as long as
/// this value; the system frees it when the process ends, however it ends.
nonisolated final class StateFolder: Sendable {
    /// Without symbolic links in it.
    let path: String
    private let lock: FileDescriptor

    var databasePath: String { path + "/state.db" }
    var telemetryPath: String { path + "/telemetry.db" }
    var backupsPath: String { path + "/backups" }
    var reservePath: String { path + "/reserve" }

    /// Makes the folder if it is missing, narrows its mode to 0700 and takes its lock.
    ///
    /// - Throws: `.folder` if it cannot be made, entered or written, or belongs to somebody else; `.locked` if another
    ///   supervisor has it.
    init(_ wanted: String) throws(StorageError) {
        // Every file made from here on is for the owner alone, whatever the caller's mask was.
        umask(0o077)
        try Self.make(wanted)
        guard let real = realpath(wanted, nil) else { throw Self.failure(wanted, "realpath") }
        path = String(cString: real)
        free(real)
        try Self.check(path, kind: S_IFDIR, mode: 0o700)
        lock = try Self.takeLock(path)
        try Self.make(path + "/backups")
        try Self.check(path + "/backups", kind: S_IFDIR, mode: 0o700)
        for name in Self.databaseFiles where access(path + "/" + name, F_OK) == 0 {
            try Self.check(path + "/" + name, kind: S_IFREG, mode: 0o600)
        }
    }

    private static let databaseFiles = ["state.db", "telemetry.db"].flatMap { [$0, $0 + "-wal", $0 + "-shm"] }

    /// Makes what is missing of a path.
    private static func make(_ path: String) throws(StorageError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw failure(path, "mkdir")
        }
        try make(String(path[..<slash]))
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure(path, "mkdir") }
    }

    /// A file or folder of the state must be ours and closed to everybody else; a mode that is too wide is narrowed.
    private static func check(_ path: String, kind: mode_t, mode: mode_t) throws(StorageError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw failure(path, "lstat") }
        guard status.st_mode & S_IFMT == kind else {
            throw .folder(path: path, what: kind == S_IFDIR ? "is not a folder" : "is not a plain file")
        }
        guard status.st_uid == geteuid() else { throw .folder(path: path, what: "belongs to another user") }
        guard status.st_mode & 0o777 & ~mode != 0 else { return }
        guard chmod(path, mode) == 0 else { throw failure(path, "chmod") }
        Log.warning(
            "state-mode-narrowed", "others could read the state; mode narrowed",
            ["path": path, "mode": String(mode, radix: 8)])
    }

    private static func takeLock(_ folder: String) throws(StorageError) -> FileDescriptor {
        let path = folder + "/lock"
        let raw = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard raw >= 0 else { throw failure(path, "open") }
        let file = FileDescriptor(owning: raw)
        while flock(raw, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            if errno == EWOULDBLOCK { throw .locked(path: folder) }
            throw failure(path, "flock")
        }
        return file
    }

    private static func failure(_ path: String, _ call: String) -> StorageError {
        .folder(path: path, what: SystemError(call: call, errno: errno).description)
    }
}
