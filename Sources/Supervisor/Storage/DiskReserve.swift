import Glibc
import Platform

/// Room on the disk that is held ready in a file of its own. SQLite needs room even to make room: on a full disk its journal
/// can neither be brought in nor a row be deleted. Then the file is removed.
nonisolated struct DiskReserve: Sendable {
    /// Enough for the journal between two checkpoints, which SQLite makes every thousand pages of 4 KiB.
    static let byteCount = 4 << 20

    let path: String

    /// Takes the room unless it is held already.
    ///
    /// - Returns: false if the disk has no such room. Where a file system cannot hold it for any other reason there is none, and
    ///   nothing else is the worse for it.
    func take() -> Bool {
        var status = stat()
        if lstat(path, &status) == 0, status.st_size >= Self.byteCount { return true }
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return !Self.isNoRoom(errno) }
        defer { close(file) }
        let failure = posix_fallocate(file, 0, off_t(Self.byteCount))
        guard failure != 0 else { return true }
        unlink(path)
        return !Self.isNoRoom(failure)
    }

    /// - Returns: true if there was room to give up.
    func giveUp() -> Bool { unlink(path) == 0 }

    /// The disk is full, or what this user may have of it, or what this process may put into one file.
    static func isNoRoom(_ failure: CInt) -> Bool { [ENOSPC, EDQUOT, EFBIG].contains(failure) }
}
