import CPlatform
import Glibc

/// What this process is and may use.
public enum ProcessFacts {
    /// `/proc/self/statm`, opened once: a confined process can read an open descriptor, not open a file.
    private static let statm = FileDescriptor(owning: open("/proc/self/statm", O_RDONLY | O_CLOEXEC))

    /// Resident memory, nil if `/proc` is not there. The first call must come before the process confines itself.
    public static func residentBytes() -> Int? {
        guard statm.raw >= 0 else { return nil }
        var text = [UInt8](repeating: 0, count: 128)
        let count = pread(statm.raw, &text, text.count, 0)
        guard count > 0 else { return nil }
        let fields = text[..<count].split(separator: UInt8(ascii: " "))
        guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else { return nil }
        return pages * Int(sysconf(CInt(_SC_PAGESIZE)))
    }

    /// Gives memory that is free in the allocator back to the system. Takes milliseconds when there is much.
    public static func giveBackFreeMemory() { platform_trim_memory() }

    /// A pidfd of this process, for another one to learn from when it is gone.
    public static func openOwnPidfd() throws(SystemError) -> FileDescriptor {
        let raw = platform_pidfd_open(getpid())
        guard raw >= 0 else { throw SystemError("pidfd_open") }
        return FileDescriptor(owning: raw)
    }

    /// Open descriptors of this process, nil if `/proc` cannot be read.
    public static func openDescriptorCount() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) {
            if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        return count - 1  // the folder itself
    }

    /// Soft and hard limit of open descriptors (`RLIMIT_NOFILE`).
    public static func descriptorLimit() -> (soft: Int, hard: Int) {
        var limit = rlimit()
        _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return (Int(clamping: limit.rlim_cur), Int(clamping: limit.rlim_max))
    }

    /// Sets the soft limit to `count`, or to the hard limit if that is lower.
    /// - Returns: the soft limit that is in force now.
    @discardableResult public static func setDescriptorLimit(_ count: Int) -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return descriptorLimit().soft }
        limit.rlim_cur = min(rlim_t(count), limit.rlim_max)
        _ = setrlimit(resource, &limit)
        return descriptorLimit().soft
    }

    /// Cores this process can really use: what the scheduler allows, cut by the quota of its control group, at least 1.
    public static func usableCores() -> Int {
        let affinity = max(1, Int(platform_affinity_count()))
        guard let quota = ControlGroup.current().cpuQuota() else { return affinity }
        return max(1, min(affinity, Int(quota.rounded(.up))))
    }

    /// The memory limit of the control group, nil if there is none.
    public static func memoryLimitBytes() -> Int? { ControlGroup.current().memoryLimitBytes() }
}
