import Glibc
import Platform

/// Takes away the processes that fall to PID 1 when their parents die: in a container that is this process.
///
/// Children of our own are left to whoever watches their pidfd, since reaping one here would steal its exit status.
/// `SIGCHLD` is only a hint: several ends may come as one.
final class OrphanReaper {
    /// When to look again while a child of our own that has ended stands before the orphans in the kernel's list.
    static let retry = Duration.milliseconds(20)

    private let isOurs: (pid_t) -> Bool
    private var timer: LoopTimer?

    /// Nil unless this process is PID 1.
    init?(isOurs: @escaping (pid_t) -> Bool) {
        guard getpid() == 1 else { return nil }
        self.isOurs = isOurs
        timer = LoopTimer { [unowned self] in reap() }
    }

    /// A `SIGCHLD` came.
    func reap() {
        while let pid = endedChild() {
            if isOurs(pid) {
                timer?.set(after: Self.retry)
                return
            }
            _ = waitpid(pid, nil, WNOHANG)
        }
    }

    /// Some child that has ended and was not reaped; it stays so.
    private func endedChild() -> pid_t? {
        var info = siginfo_t()
        guard waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 else { return nil }
        let pid = info._sifields._sigchld.si_pid
        return pid > 0 ? pid : nil
    }
}
