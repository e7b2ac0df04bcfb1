import Glibc

/// Limits of the control group this process runs in, of both kernel interfaces. A limit of any group above it counts as well.
///
/// Reads files: at start, not on the loop's way.
struct ControlGroup {
    /// Below the unified mount (version 2), nil if that has no controllers.
    var unifiedPath: String?
    /// Controller -> path below its own mount (version 1).
    var paths: [String: String] = [:]
    /// Reads a file whole, nil if it is not there.
    var readFile: (String) -> String?
    static let mount = "/sys/fs/cgroup"

    static func current() -> ControlGroup {
        ControlGroup(membership: readText("/proc/self/cgroup") ?? "", readFile: readText)
    }

    /// - Parameter membership: `/proc/self/cgroup`, lines of `id:controllers:path` (cgroups(7)).
    init(membership: String, readFile: @escaping (String) -> String?) {
        self.readFile = readFile
        for line in membership.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            if parts[1].isEmpty {
                unifiedPath = String(parts[2])
            } else {
                for controller in parts[1].split(separator: ",") { paths[String(controller)] = String(parts[2]) }
            }
        }
    }

    /// Cores per period, nil if not limited.
    func cpuQuota() -> Double? {
        var least: Double?
        for folder in ancestors(of: unifiedPath, below: Self.mount) {
            let words = (readFile(folder + "/cpu.max") ?? "").split { $0 == " " || $0 == "\n" }
            guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), period > 0 else {
                continue
            }
            least = min(least ?? .infinity, quota / period)
        }
        for folder in ancestors(of: paths["cpu"], below: Self.mount + "/cpu") {
            guard let quota = number(folder + "/cpu.cfs_quota_us"), quota > 0,
                let period = number(folder + "/cpu.cfs_period_us"), period > 0
            else { continue }
            least = min(least ?? .infinity, Double(quota) / Double(period))
        }
        return least
    }

    func memoryLimitBytes() -> Int? {
        let unified = ancestors(of: unifiedPath, below: Self.mount).compactMap { number($0 + "/memory.max") }
        let old = ancestors(of: paths["memory"], below: Self.mount + "/memory")
            .compactMap { number($0 + "/memory.limit_in_bytes") }
            .filter { $0 < 1 << 60 }  // "no limit" is the greatest multiple of a page there
        return (unified + old).min()
    }

    /// The group's folder and those above it. In a container the path may name a folder outside: the mount itself counts.
    private func ancestors(of path: String?, below mount: String) -> [String] {
        guard let path else { return [] }
        let parts = path.split(separator: "/").filter { $0 != ".." }
        return (0...parts.count).reversed().map { count in
            mount + parts.prefix(count).map { "/" + $0 }.joined()
        }
    }

    private func number(_ path: String) -> Int? {
        readFile(path).flatMap { Int($0.split { $0 == " " || $0 == "\n" }.first ?? "") }
    }

    private static func readText(_ path: String) -> String? {
        let fd = open(path, O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else { return nil }
        let file = FileDescriptor(owning: fd)
        var text = [UInt8](repeating: 0, count: 16384)
        let count = read(file.raw, &text, text.count)
        return count < 0 ? nil : String(decoding: text[..<count], as: UTF8.self)
    }
}
