import CSystemd
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
        return (0..<max(sd_listen_fds(1), 0)).map { InheritedSocket(FileDescriptor(owning: first + $0)) }
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

    /// A lost message is the manager's loss: it has its own time limits for what it waits for.
    private func send(_ assignments: String) {
        _ = sd_notify(0, assignments)
    }
}
