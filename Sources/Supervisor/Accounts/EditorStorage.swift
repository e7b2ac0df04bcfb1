import Glibc
import JSON
import Platform

/// The device profile of a desktop editor in the operator's home, read on a thread of its own; the file is never written.
actor EditorStorage {
    private nonisolated let executor = ThreadExecutor(name: "home-files")
    private let home: String?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Below the home folder.
    static let place = ".config/Antigravity/User/globalStorage/storage.json"
    /// A larger file is none.
    static let sizeMaxBytes = 16 << 20

    /// - Parameter home: nil where there is no home folder.
    init(home: String?) { self.home = home }

    /// Nil if the file is missing, cannot be read, or lacks one of the four names.
    func profile() -> DeviceProfile? {
        guard let home, let bytes = Self.read(home + "/" + Self.place),
            // A file that is no JSON holds no profile.
            case .object(let root)? = try? JSONValue(parsing: bytes)
        else { return nil }
        return Self.profile(in: root)
    }

    /// Each name stands in the object `telemetry` or in a flat member `telemetry.<name>`.
    nonisolated static func profile(in root: JSONObject) -> DeviceProfile? {
        var found = JSONObject()
        for name in ["machineId", "macMachineId", "devDeviceId", "sqmId"] {
            found[name] = root["telemetry"]?[name] ?? root["telemetry.\(name)"]
        }
        return DeviceProfile(.object(found))
    }

    private static func read(_ path: String) -> [UInt8]? {
        let file = FileDescriptor(owning: open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK))
        var status = stat()
        guard file.raw >= 0, fstat(file.raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size <= sizeMaxBytes
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(file.raw, $0.baseAddress! + count, $0.count - count) }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { break }
            count += got
        }
        return Array(bytes.prefix(count))
    }
}
