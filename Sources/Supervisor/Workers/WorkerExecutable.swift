import Glibc
import Platform

/// The worker's program, opened once and started from the open file: what a place starts again after a crash is the same
/// build, even when a newer one already lies at the path. A rolling restart opens the path anew.
final class WorkerExecutable {
    let path: String
    let file: FileDescriptor

    init(opening path: String) throws(WorkerRestartError) {
        self.path = path
        do {
            file = try ExecutableFile.open(path)
        } catch {
            throw .executable(path: path, error)
        }
    }

    /// `antigravity-worker` in the folder of the program that runs now.
    nonisolated static func besideOurselves() -> String {
        let ours = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { room in
            guard let start = room.baseAddress else { return "" }
            let count = readlink("/proc/self/exe", start, room.count)
            return String(decoding: room[..<max(count, 0)].map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        let folder = ours.lastIndex(of: "/").map { ours[...$0] } ?? "./"
        return folder + "antigravity-worker"
    }
}
