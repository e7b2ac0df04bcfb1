import Digest
import Glibc
import Platform

/// A program that is being fetched: written beside its place, and put there only when it is known to be the right one. On a
/// thread of its own, because the disk may be slow.
actor DownloadedFile {
    private nonisolated let executor = ThreadExecutor(name: "download")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Where it is until it is published.
    nonisolated let temporaryPath: String
    private let path: String
    private var raw: CInt = -1
    private var hash = SHA256()

    /// - Parameter path: where it belongs; the folder is made if it is missing.
    init(path: String) {
        self.path = path
        temporaryPath = path + ".part"
    }

    deinit { if raw >= 0 { Glibc.close(raw) } }

    func append(_ bytes: [UInt8]) throws(SystemError) {
        if raw < 0 { try open() }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(raw, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError(call: "write", errno: errno) }
            written += count
        }
        hash.update(bytes)
    }

    /// Everything has come: on the disk, executable, closed.
    ///
    /// - Returns: its SHA-256 in hexadecimal.
    func finish() throws(SystemError) -> String {
        if raw < 0 { try open() }
        guard fsync(raw) == 0 else { throw SystemError(call: "fsync", errno: errno) }
        guard fchmod(raw, 0o755) == 0 else { throw SystemError(call: "fchmod", errno: errno) }
        Glibc.close(raw)
        raw = -1
        let finished = hash
        return Hex.encode(finished.finalize())
    }

    func publish() throws(SystemError) {
        guard rename(temporaryPath, path) == 0 else { throw SystemError(call: "rename", errno: errno) }
    }

    func discard() { unlink(temporaryPath) }

    private func open() throws(SystemError) {
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw SystemError(call: "mkdir", errno: errno) }
        unlink(temporaryPath)  // of a process that was killed meanwhile
        raw = Glibc.open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard raw >= 0 else { throw SystemError(call: "open", errno: errno) }
    }
}
