import Glibc
import Platform

/// Reading what other programs have written: plain files, bounded, never through a link in the last place, never changed.
nonisolated enum ForeignFile {
    /// The largest database, and the largest of other files.
    static let databaseSizeMaxBytes = 64 << 20
    static let textSizeMaxBytes = 8 << 20

    enum Kind: Sendable { case file, folder }

    /// What is at a path.
    static func kind(_ path: String) throws(ImportError) -> Kind {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { throw .missing([path]) }
            throw .unreadable(path, why: SystemText.of(errno))
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file
        case S_IFLNK: throw .unreadable(path, why: "it is a symbolic link")
        default: throw .unreadable(path, why: "it is no plain file")
        }
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// - Parameter folder: a real path; what was opened must lie below it, whatever links led there.
    static func read(
        _ path: String, inside folder: String? = nil, sizeMaxBytes: Int = textSizeMaxBytes
    ) throws(ImportError) -> [UInt8] {
        let file = FileDescriptor(owning: open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW))
        guard file.raw >= 0 else {
            switch errno {
            case ENOENT, ENOTDIR: throw .missing([path])
            case ELOOP: throw .unreadable(path, why: "it is a symbolic link")
            default: throw .unreadable(path, why: SystemText.of(errno))
            }
        }
        var status = stat()
        guard fstat(file.raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path, why: "it is no plain file")
        }
        guard status.st_size <= sizeMaxBytes else {
            throw .unreadable(path, why: "it is larger than \(sizeMaxBytes >> 20) MiB")
        }
        if let folder, realPath(of: file.raw)?.hasPrefix(folder + "/") != true {
            throw .unreadable(path, why: "it lies outside of its folder")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(file.raw, $0.baseAddress! + count, $0.count - count) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .unreadable(path, why: SystemText.of(errno)) }
            if got == 0 { break }
            count += got
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// The first bytes of a file; fewer if it has fewer.
    static func head(_ path: String, count: Int) throws(ImportError) -> [UInt8] {
        let file = FileDescriptor(owning: open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW))
        guard file.raw >= 0 else { throw .unreadable(path, why: SystemText.of(errno)) }
        var bytes = [UInt8](repeating: 0, count: count)
        let got = bytes.withUnsafeMutableBytes { Glibc.read(file.raw, $0.baseAddress, $0.count) }
        guard got >= 0 else { throw .unreadable(path, why: SystemText.of(errno)) }
        return Array(bytes.prefix(got))
    }

    /// A folder's path without links in it; nil if there is none.
    static func realFolder(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        let text = String(cString: real)
        return text == "/" ? "" : text
    }

    /// The names in a folder, sorted; the first `countMax` that the system lists.
    static func names(in path: String, countMax: Int) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while names.count < countMax, let entry = readdir(folder) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names.sorted()
    }

    private static func realPath(of descriptor: CInt) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink("/proc/self/fd/\(descriptor)", &buffer, Int(PATH_MAX))
        guard count > 0 else { return nil }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
