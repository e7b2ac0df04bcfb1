import Glibc
import Platform

/// A cloudflared that runs here.
nonisolated struct CloudflaredProgram: Equatable, Sendable {
    let path: String
    let version: CloudflaredVersion
}

/// Finds cloudflared: where the operator says it is, then where the installation puts it, then along `PATH`. One that cannot tell
/// its version is none.
final class CloudflaredFinder {
    /// How long an answer counts.
    static let lasts = Duration.seconds(30)
    /// A program that has not told its version by then is killed.
    static let versionLimit = Duration.seconds(5)
    private static let outputSizeMaxBytes = 4096

    /// Where the installation puts it.
    let installedPath: String
    private let environment: [String: String]
    private let flights = SingleFlight<String, CloudflaredProgram?>()
    private var answer: (configured: String, program: CloudflaredProgram?, at: MonotonicInstant)?
    /// Processes that were asked for their version and have not ended.
    private(set) var asked: [pid_t: ChildProcess] = [:]

    init(dataDirectory: String, environment: [String: String]) {
        installedPath = dataDirectory + "/bin/cloudflared"
        self.environment = environment
    }

    /// - Parameter configured: the operator's path, empty for none.
    func find(configured: String) async -> CloudflaredProgram? {
        if let answer, answer.configured == configured, .now - answer.at < Self.lasts,
            answer.program.map({ access($0.path, X_OK) == 0 }) ?? true
        {
            return answer.program
        }
        return await flights.value(for: configured) { [self] in
            var found: CloudflaredProgram?
            for path in candidates(configured) where found == nil {
                found = await version(of: path).map { CloudflaredProgram(path: path, version: $0) }
            }
            answer = (configured, found, .now)
            return found
        }
    }

    /// The next question is answered anew.
    func forget() { answer = nil }

    private func candidates(_ configured: String) -> [String] {
        let folders = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
        let all = (configured.isEmpty ? [] : [configured]) + [installedPath] + folders.map { $0 + "/cloudflared" }
        return all.filter { path in
            var facts = stat()
            return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
        }
    }

    /// What the program at `path` says of itself; nil if it fails, says nothing or takes too long.
    func version(of path: String) async -> CloudflaredVersion? {
        var output: [UInt8] = []
        let status: ExitStatus
        do throws(SystemError) {
            let pipe = try ChildOutput { output += $0.prefix(max(0, Self.outputSizeMaxBytes - output.count)) }
            let null = open("/dev/null", O_RDWR | O_CLOEXEC)
            guard null >= 0 else { throw SystemError(call: "open", errno: errno) }
            let nowhere = FileDescriptor(owning: null)
            let child = try ChildProcess.spawn(
                .path(path), arguments: ["cloudflared", "--version"],
                environment: CloudflaredCommand.environment(home: "/nonexistent", from: environment),
                descriptors: [(nowhere.raw, 0), (pipe.childEnd, 1), (nowhere.raw, 2)], newSession: true)
            asked[child.pid] = child
            try pipe.begin()
            status = await end(of: child)
            asked[child.pid] = nil
            pipe.finish()
        } catch {
            Log.warning("tunnel-program", "cloudflared cannot be started", ["path": path, "reason": error])
            return nil
        }
        guard status == .exited(code: 0) else { return nil }
        return CloudflaredVersion(output: String(decoding: output, as: UTF8.self))
    }

    private func end(of child: ChildProcess) async -> ExitStatus {
        // With everything it has started, which is in its session.
        let timer = LoopTimer {
            _ = kill(-child.pid, SIGKILL)
            child.kill(SIGKILL)
        }
        timer.set(after: Self.versionLimit)
        defer { timer.cancel() }
        return await withCheckedContinuation { waiter in
            if let status = child.exitStatus { return waiter.resume(returning: status) }
            child.onExit = { waiter.resume(returning: $0) }
        }
    }
}
