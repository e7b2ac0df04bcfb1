import Glibc

/// Why a client's files could not be read or changed. Never holds anything of their content.
nonisolated enum CLISyncError: Error, Sendable, Equatable {
    /// There is no home folder to look into.
    case noHome(String)
    case notWritable(path: String, why: String)
    /// The file is there and is not understood; nothing was changed.
    case unusable(path: String, why: String)
    /// Another program keeps changing it.
    case changing(path: String)
    case missing(path: String)
    case noRoom(path: String)
    /// Which files were made here could not be looked up or stored; nothing was changed.
    case memory(StorageError)

    /// - Parameter errno: of a call that would have written at `path`.
    static func writing(_ path: String, _ errno: CInt) -> CLISyncError {
        switch errno {
        case ENOSPC, EDQUOT: .noRoom(path: path)
        // Somebody has mounted the file by itself, and a mount cannot be replaced.
        case EBUSY: .notWritable(path: path, why: "it is a mount of its own; mount its folder instead")
        default: .notWritable(path: path, why: SystemText.of(errno))
        }
    }

    /// For people.
    var text: String {
        switch self {
        case .noHome(let why): why
        case .notWritable(let path, let why): "\(path) cannot be written: \(why)."
        case .unusable(let path, let why): "\(path) was left as it is: \(why)."
        case .changing(let path): "\(path) is being changed by another program; try again."
        case .missing(let path): "There is no \(path)."
        case .noRoom(let path): "There is no room on the disk for \(path)."
        case .memory: "The state database cannot be used now."
        }
    }
}
