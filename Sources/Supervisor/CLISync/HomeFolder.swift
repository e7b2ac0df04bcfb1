import Glibc
import Platform

/// The home folder whose clients are set up, and the files that are read there: plain, bounded, through links only to what
/// belongs to its user.
nonisolated struct HomeFolder: Sendable {
    /// Without symbolic links.
    let path: String
    private let owner: uid_t

    /// A client's file is larger only when it has gone wrong.
    static let fileSizeMaxBytes = 8 << 20
    /// A larger file is not shown.
    static let shownSizeMaxBytes = 1 << 20

    /// A file as it was found.
    struct Found: Sendable {
        /// Where it really is, behind all links.
        let target: String
        let bytes: [UInt8]
        let mode: mode_t
        let user: uid_t
        let group: gid_t
        let identity: Identity
    }

    /// Changes whenever the file does.
    struct Identity: Sendable, Equatable {
        let device: dev_t
        let inode: ino_t
        let size: off_t
        let seconds: Int
        let nanoseconds: Int

        init(_ status: stat) {
            device = status.st_dev
            inode = status.st_ino
            size = status.st_size
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
        }
    }

    /// - Parameters:
    ///   - path: nil: none is known.
    ///   - dataFolder: the gateway's own folder, which is the home of its user where it runs as a service: no client is there.
    init(_ path: String?, dataFolder: String? = nil) throws(CLISyncError) {
        guard let path else { throw .noHome("No home folder is known: set ANTIGRAVITY_CLI_HOME.") }
        var status = stat()
        guard let real = Self.real(path), stat(real, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw .noHome("The home folder \(path) cannot be reached.")
        }
        if let dataFolder, real == dataFolder || real.hasPrefix(dataFolder + "/") {
            throw .noHome("The only home folder that the gateway knows is its own, \(path).")
        }
        self.path = real
        owner = status.st_uid
    }

    func path(of file: CLIFile) -> String { "\(path)/\(file.place)" }

    func folder(of file: CLIFile) -> String { file.folder.map { "\(path)/\($0)" } ?? path }

    /// Whether files may be made in a client's folder: it is not there yet, or belongs to the owner of the home, wherever a
    /// link leads.
    func isOwn(folderOf file: CLIFile) -> Bool {
        var status = stat()
        guard file.folder != nil, stat(folder(of: file), &status) == 0 else { return true }
        return isOwn(status.st_uid)
    }

    /// The owner of the home; and who runs this, since the home around a folder that is bound into a service's view is
    /// root's. Root itself could follow a user's link to anybody's file, so it does not count.
    private func isOwn(_ user: uid_t) -> Bool { user == owner || user != 0 && user == geteuid() }

    /// - Returns: nil if there is no file.
    func read(_ file: CLIFile, sizeMaxBytes: Int = fileSizeMaxBytes) throws(CLISyncError) -> Found? {
        try read(path(of: file), sizeMaxBytes: sizeMaxBytes)
    }

    func read(_ path: String, sizeMaxBytes: Int = fileSizeMaxBytes) throws(CLISyncError) -> Found? {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw .notWritable(path: path, why: SystemText.of(errno))
        }
        guard let target = Self.real(path) else {
            throw .unusable(path: path, why: "it is a symbolic link to something that cannot be reached")
        }
        let flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW
        let descriptor = FileDescriptor(owning: open(target, flags))
        guard descriptor.raw >= 0 else { throw .notWritable(path: path, why: SystemText.of(errno)) }
        guard fstat(descriptor.raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unusable(path: path, why: "it is no plain file")
        }
        guard target == path || isOwn(status.st_uid) else {
            throw .unusable(path: path, why: "a symbolic link leads to a file of another user")
        }
        guard status.st_size <= sizeMaxBytes else {
            throw .unusable(path: path, why: "it is larger than \(sizeMaxBytes >> 20) MiB")
        }
        let bytes = try Self.content(of: descriptor, size: Int(status.st_size), path)
        return Found(
            target: target, bytes: bytes, mode: status.st_mode & 0o7777, user: status.st_uid, group: status.st_gid,
            identity: Identity(status))
    }

    /// Whether nobody has changed the file since; nil stands for no file.
    static func isStill(_ found: Found?, _ path: String) -> Bool {
        var status = stat()
        guard lstat(found?.target ?? path, &status) == 0 else { return found == nil && errno == ENOENT }
        return found.map { $0.identity == Identity(status) } ?? false
    }

    /// A path without links; nil if it leads nowhere.
    static func real(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    private static func content(
        of descriptor: borrowing FileDescriptor, size: Int, _ path: String
    ) throws(CLISyncError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor.raw, buffer.baseAddress.map { $0 + count }, buffer.count - count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .notWritable(path: path, why: SystemText.of(errno)) }
            if got == 0 { break }
            count += got
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
