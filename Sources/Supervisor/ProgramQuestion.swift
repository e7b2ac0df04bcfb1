import Glibc
import Platform

/// Runs a program of somebody else for what it prints: without a shell, without input, with the variables it is given and no
/// others, and not for long.
enum ProgramQuestion {
    struct Answer {
        let status: ExitStatus
        /// What came on standard output, cut to the size that was asked for.
        let output: [UInt8]
    }

    /// Programs that run. They are children of this process like no others, and are reaped here.
    private static var running: [pid_t: ChildProcess] = [:]

    static func isRunning(_ pid: pid_t) -> Bool { running[pid] != nil }

    /// - Parameters:
    ///   - arguments: with the program's own name in front.
    ///   - limit: then the program is killed with everything it has started, which is in its session.
    /// - Throws: if the program cannot be started.
    static func ask(
        _ path: String, arguments: [String], environment: [String], limit: Duration, outputSizeMaxBytes: Int
    ) async throws(SystemError) -> Answer {
        var output: [UInt8] = []
        let pipe = try ChildOutput { output += $0.prefix(max(0, outputSizeMaxBytes - output.count)) }
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard null >= 0 else { throw SystemError(call: "open", errno: errno) }
        let nowhere = FileDescriptor(owning: null)
        let child = try ChildProcess.spawn(
            .path(path), arguments: arguments, environment: environment,
            descriptors: [(nowhere.raw, 0), (pipe.childEnd, 1), (nowhere.raw, 2)], newSession: true)
        running[child.pid] = child
        defer { running[child.pid] = nil }
        try pipe.begin()
        let status = await end(of: child, limit)
        pipe.finish()
        return Answer(status: status, output: output)
    }

    private static func end(of child: ChildProcess, _ limit: Duration) async -> ExitStatus {
        let timer = LoopTimer {
            _ = kill(-child.pid, SIGKILL)
            child.kill(SIGKILL)
        }
        timer.set(after: limit)
        defer { timer.cancel() }
        return await withCheckedContinuation { waiter in
            if let status = child.exitStatus { return waiter.resume(returning: status) }
            child.onExit = { waiter.resume(returning: $0) }
        }
    }
}
