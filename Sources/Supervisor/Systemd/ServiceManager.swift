import CSystemd
import Glibc
import Platform

/// Our side of the service manager that started us, or of nobody: then every message goes nowhere.
///
/// Source: sd_notify(3), sd_watchdog_enabled(3), sd_listen_fds(3). The notification socket is a datagram socket of the
/// manager; a message leaves in one call.
final class ServiceManager {
    /// How often the manager wants to hear `WATCHDOG=1`; nil when it does not watch this process. `WATCHDOG_PID` decides:
    /// a variable inherited from somebody else's unit means nothing.
    let watchdogPeriod: Duration?
    private var hasSaidReady = false

    /// Reads `WATCHDOG_USEC` and `WATCHDOG_PID` and removes them, so that no child takes them for its own.
    init() {
        var microseconds: UInt64 = 0
        let isWatched = sd_watchdog_enabled(1, &microseconds) > 0
        watchdogPeriod = isWatched ? .microseconds(Int64(clamping: microseconds)) : nil
    }

    /// The descriptors the manager passed, in its order, close-on-exec; removes `LISTEN_*` from the environment. Empty when
    /// there is none, or when the variables are meant for another process.
    static func takeInheritedSockets() -> [InheritedSocket] {
        let first: CInt = 3  // SD_LISTEN_FDS_START
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = Int(max(sd_listen_fds_with_names(1, &names), 0))
        defer { free(names) }
        return (0..<count).map { index in
            let name = names?[index]
            defer { free(name) }
            return InheritedSocket(
                FileDescriptor(owning: first + CInt(index)), name: name.map { String(cString: $0) } ?? "")
        }
    }

    /// The service is up; the manager starts what waits for it. Said once.
    func ready(status: String) {
        guard !hasSaidReady else { return self.status(status) }
        hasSaidReady = true
        send("READY=1\nSTATUS=\(status)")
    }

    /// A reload begins; `reloaded` must follow.
    func reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=\(MonotonicInstant.now.nanoseconds / 1000)\nSTATUS=replacing workers")
    }

    /// The reload is over. This is the second meaning of `READY=1`, which ends what `RELOADING=1` began.
    func reloaded(status: String) {
        send("READY=1\nSTATUS=\(status)")
    }

    func stopping() {
        send("STOPPING=1\nSTATUS=draining workers")
    }

    func status(_ text: String) {
        send("STATUS=\(text)")
    }

    func alive() {
        send("WATCHDOG=1")
    }

    /// Gives the manager a duplicate of a socket, which it hands to the next process of this service under the same name, after a
    /// crash too. Once the other end is closed it drops it by itself (sd_notify(3), `FDSTORE=1`).
    func store(_ raw: CInt, name: String) {
        _ = sd_pid_notify_with_fds(0, 0, "FDSTORE=1\nFDNAME=\(name)", [raw], 1)
    }

    /// Takes it back.
    func forget(name: String) {
        send("FDSTOREREMOVE=1\nFDNAME=\(name)")
    }

    /// A lost message is the manager's loss: it has its own time limits for what it waits for.
    private func send(_ assignments: String) {
        _ = sd_notify(0, assignments)
    }
}
