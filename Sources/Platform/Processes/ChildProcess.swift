import CPlatform
import Glibc

/// How a process ended.
public enum ExitStatus: Sendable, Equatable {
    case exited(code: CInt)
    case signaled(CInt)
}

/// A child of ours, from start to reaping. It is watched and reaped by its pidfd: no signal is involved, and no other
/// child can be confused with it.
@MainActor public final class ChildProcess {
    public let pid: pid_t
    /// Readable when the process has ended. May be duplicated for other processes.
    public let pidfd: FileDescriptor
    /// nil while it runs.
    public private(set) var exitStatus: ExitStatus?
    /// Called once, after the process has been reaped.
    public var onExit: (@MainActor (ExitStatus) -> Void)?
    private var watch: DescriptorWatch?

    /// Where a program is.
    public enum Program {
        /// An open file (`O_PATH` will do). A script cannot be started so: its interpreter could not open it any more.
        case file(CInt)
        case path(String)
    }

    /// Starts the program of an open file.
    public static func spawn(
        _ executable: CInt, arguments: [String], environment: [String],
        descriptors: [(source: CInt, target: CInt)] = [], newSession: Bool = false
    ) throws(SystemError) -> ChildProcess {
        try spawn(
            .file(executable), arguments: arguments, environment: environment, descriptors: descriptors,
            newSession: newSession)
    }

    /// Starts a program.
    /// - Parameters:
    ///   - arguments: with `argv[0]`.
    ///   - environment: `NAME=value`; the child gets this and nothing of ours.
    ///   - descriptors: `source` becomes `target` in the child. Apart from these it gets 0 to 2 unless they are mapped too.
    ///   - newSession: makes it leader of its own session, out of reach of the terminal's signals.
    ///   - deathSignal: what it gets when this thread has ended (`PR_SET_PDEATHSIG`); 0: nothing. For a process with one thread.
    /// - Throws: the call that failed, be it in the child: a program that cannot be executed is known here.
    public static func spawn(
        _ program: Program, arguments: [String], environment: [String],
        descriptors: [(source: CInt, target: CInt)] = [], newSession: Bool = false, deathSignal: CInt = 0
    ) throws(SystemError) -> ChildProcess {
        let executable: CInt
        let path: UnsafeMutablePointer<CChar>?
        switch program {
        case .file(let file): (executable, path) = (file, nil)
        case .path(let text): (executable, path) = (-1, strdup(text))
        }
        defer { free(path) }
        let argv = CStringArray(arguments)
        let envp = CStringArray(environment)
        let sources = descriptors.map(\.source)
        let targets = descriptors.map(\.target)
        let pid = sources.withUnsafeBufferPointer { sources in
            targets.withUnsafeBufferPointer { targets in
                var request = platform_spawn_request(
                    executable: executable, path: path, arguments: argv.pointer, environment: envp.pointer,
                    sources: sources.baseAddress, targets: targets.baseAddress, descriptor_count: sources.count,
                    new_session: newSession ? 1 : 0, death_signal: deathSignal)
                return platform_spawn(&request)
            }
        }
        guard pid > 0 else { throw SystemError(path == nil ? "execveat" : "execve") }
        let pidfd = platform_pidfd_open(pid)
        guard pidfd >= 0 else {
            let error = SystemError("pidfd_open")
            end(pid)
            throw error
        }
        do throws(SystemError) {
            return try ChildProcess(pid: pid, pidfd: FileDescriptor(owning: pidfd))
        } catch {
            end(pid)
            throw error
        }
    }

    /// Ends a child that nobody watches, and waits for it.
    private static func end(_ pid: pid_t) {
        _ = Glibc.kill(pid, SIGKILL)
        _ = waitpid(pid, nil, 0)
    }

    private init(pid: pid_t, pidfd: consuming FileDescriptor) throws(SystemError) {
        self.pid = pid
        let raw = pidfd.raw
        self.pidfd = pidfd
        watch = try DescriptorWatch(raw, interest: .readable, mode: .level) { [weak self] _ in self?.reap() }
    }

    /// Sends a signal. Does nothing once the process has ended.
    public func kill(_ signal: CInt) { _ = platform_pidfd_send_signal(pidfd.raw, signal) }

    private func reap() {
        var code: CInt = 0
        var status: CInt = 0
        let result = platform_wait_pidfd(pidfd.raw, &code, &status)
        if result == 0 { return }
        watch?.cancel()
        watch = nil
        // -1 means that somebody else has reaped our child; its status is lost then, its end is not.
        let ended = result == 1 && code != CLD_EXITED
        let exit: ExitStatus = ended ? .signaled(status) : .exited(code: status)
        exitStatus = exit
        let onExit = onExit
        self.onExit = nil
        onExit?(exit)
    }
}

/// A null-terminated array of C strings that lives as long as this object.
private final class CStringArray {
    let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [String]) {
        count = strings.count
        pointer = .allocate(capacity: strings.count + 1)
        for (index, string) in strings.enumerated() { pointer[index] = strdup(string) }
        pointer[count] = nil
    }

    deinit {
        for index in 0..<count { free(pointer[index]) }
        pointer.deallocate()
    }
}
