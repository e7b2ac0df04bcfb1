import Glibc
import Platform

/// Where copies of other programs' databases are opened: their own files are never opened for writing, so nothing of them
/// is locked or changed.
nonisolated struct ScratchFolder: Sendable {
    /// Without links in it; made when it is needed, emptied before and after each copy.
    let path: String

    /// - Parameter name: of the source, for the operator.
    /// - Returns: the path of the copy.
    func copy(_ bytes: [UInt8], journal: [UInt8]?, name: String) throws(ImportError) -> String {
        clear()
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw .unreadable(name, why: "it cannot be copied: \(SystemText.of(errno))")
        }
        let copy = path + "/state.db"
        do throws(ImportError) {
            try write(bytes, to: copy, name)
            if let journal { try write(journal, to: copy + "-wal", name) }
        } catch {
            clear()
            throw error
        }
        return copy
    }

    func clear() {
        for file in ForeignFile.names(in: path, countMax: 100) { unlink(path + "/" + file) }
    }

    private func write(_ bytes: [UInt8], to path: String, _ name: String) throws(ImportError) {
        let file = FileDescriptor(owning: open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600))
        var written = 0
        while file.raw >= 0, written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file.raw, $0.baseAddress! + written, $0.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            written += count
        }
        guard file.raw >= 0, written == bytes.count else {
            throw .unreadable(name, why: "it cannot be copied: \(SystemText.of(errno))")
        }
    }
}
