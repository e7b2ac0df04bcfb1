import Glibc
import Platform

/// Asks a client for its version: one run of the program itself, without a shell, input or variables of ours, for a few
/// seconds at most.
final class ProgramVersion {
    private var process: ChildProcess?
    private var waiting: CheckedContinuation<ExitStatus?, Never>?
    private lazy var timer = LoopTimer { [weak self] in self?.giveUp() }

    static let limit = Duration.seconds(5)
    /// What a pipe holds: a program that says more does not end in time.
    nonisolated static let outputSizeMaxBytes = 65_536

    /// - Returns: nil if it cannot be run, fails, or takes too long.
    static func ask(_ start: ProgramStart, environment: [String]) async -> String? {
        // Whatever goes wrong on the way, there is no version to show.
        try? await ProgramVersion().run(start, environment)
    }

    private func run(_ start: ProgramStart, _ environment: [String]) async throws(SystemError) -> String? {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError(call: "pipe", errno: errno) }
        let output = FileDescriptor(owning: ends[0])
        let input = FileDescriptor(owning: ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(output.raw, F_SETFL, O_NONBLOCK)
        let nothing = FileDescriptor(owning: open("/dev/null", O_RDWR | O_CLOEXEC))
        let executable = try ExecutableFile.open(start.executable)
        let process = try ChildProcess.spawn(
            executable.raw, arguments: start.arguments, environment: environment,
            descriptors: [(nothing.raw, 0), (input.raw, 1), (nothing.raw, 2)], newSession: true)
        self.process = process
        guard await end(of: process) == .exited(code: 0) else { return nil }
        var buffer = [UInt8](repeating: 0, count: Self.outputSizeMaxBytes)
        let count = buffer.withUnsafeMutableBytes { read(output.raw, $0.baseAddress, $0.count) }
        return Self.version(in: String(decoding: buffer.prefix(max(0, count)), as: UTF8.self))
    }

    private func end(of process: ChildProcess) async -> ExitStatus? {
        timer.set(after: Self.limit)
        defer { timer.cancel() }
        return await withCheckedContinuation { continuation in
            waiting = continuation
            // Held until the program has ended and been reaped, also when nobody waits any more.
            process.onExit = { status in self.resume(status) }
        }
    }

    /// Ends the program with everything it has started, which is in its session.
    private func giveUp() {
        if let process, process.exitStatus == nil {
            _ = kill(-process.pid, SIGKILL)
            process.kill(SIGKILL)
        }
        resume(nil)
    }

    private func resume(_ status: ExitStatus?) {
        waiting?.resume(returning: status)
        waiting = nil
    }

    /// The last run of digits and dots, else all of the text: `codex-cli 0.86.0` -> `0.86.0`.
    nonisolated static func version(in output: String) -> String? {
        let runs = output.split { !("0"..."9").contains($0) && $0 != "." }
        let last = runs.last { $0.contains { $0 != "." } }
        let text = last.map { $0.drop { $0 == "." } }.map(String.init) ?? String(output.trimmed.prefix(100))
        let trimmed = String(text.reversed().drop { $0 == "." }.reversed())
        return trimmed.isEmpty ? nil : trimmed
    }
}
