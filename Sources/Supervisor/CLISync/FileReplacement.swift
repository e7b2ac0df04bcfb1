import Glibc
import Platform

/// A file written whole beside its place and then moved there: at every moment the old one or the new one is there.
nonisolated struct FileReplacement: Sendable {
    let target: String
    /// Beside the target, so that moving it is one step; of this process, so that two do not write the same.
    let temporary: String

    /// Writes the new file and makes it last.
    ///
    /// - Parameters:
    ///   - like: gives mode and owner; nil: 0600, and the owner of the folder where root writes.
    init(of target: String, bytes: [UInt8], like model: HomeFolder.Found?) throws(CLISyncError) {
        self.target = target
        temporary = "\(target).antigravity.\(getpid()).tmp"
        unlink(temporary)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        let file = FileDescriptor(owning: open(temporary, flags, 0o600))
        guard file.raw >= 0 else { throw .writing(target, errno) }
        do throws(CLISyncError) {
            try Self.write(bytes, to: file, target)
            try Self.setOwner(of: file, like: model, target)
            guard fchmod(file.raw, model?.mode ?? 0o600) == 0, fsync(file.raw) == 0 else {
                throw .writing(target, errno)
            }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Puts the new file in the old one's place.
    func commit() throws(CLISyncError) {
        guard rename(temporary, target) == 0 else { throw .writing(target, errno) }
        Self.syncFolder(of: target)
    }

    /// Puts it in its place unless something is there already.
    func commitNew() throws(CLISyncError) {
        if link(temporary, target) == 0 {
            unlink(temporary)
            return Self.syncFolder(of: target)
        }
        // Some file systems have no links.
        var status = stat()
        guard errno != EEXIST, lstat(target, &status) != 0 else {
            throw .changing(path: target)
        }
        try commit()
    }

    func drop() { unlink(temporary) }

    /// A moved or removed name lasts once its folder does. What fails here has been done all the same.
    static func syncFolder(of path: String) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let descriptor = FileDescriptor(owning: open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY))
        if descriptor.raw >= 0 { fsync(descriptor.raw) }
    }

    private static func write(
        _ bytes: [UInt8], to file: borrowing FileDescriptor, _ target: String
    ) throws(CLISyncError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file.raw, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .writing(target, errno) }
            rest = rest.dropFirst(count)
        }
    }

    private static func setOwner(
        of file: borrowing FileDescriptor, like model: HomeFolder.Found?, _ target: String
    ) throws(CLISyncError) {
        var own = stat()
        guard fstat(file.raw, &own) == 0 else { throw .writing(target, errno) }
        var wanted = own
        if let model {
            (wanted.st_uid, wanted.st_gid) = (model.user, model.group)
        } else if geteuid() == 0 {
            let folder = target.lastIndex(of: "/").map { String(target[..<$0]) } ?? "."
            guard stat(folder, &wanted) == 0 else { throw .writing(target, errno) }
        }
        guard wanted.st_uid != own.st_uid || wanted.st_gid != own.st_gid else { return }
        guard fchown(file.raw, wanted.st_uid, wanted.st_gid) == 0 else {
            throw .notWritable(path: target, why: "it belongs to another user or group")
        }
    }
}
