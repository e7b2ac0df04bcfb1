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
        let answer: ProgramQuestion.Answer
        do throws(SystemError) {
            answer = try await ProgramQuestion.ask(
                path, arguments: ["cloudflared", "--version"],
                environment: CloudflaredCommand.environment(home: "/nonexistent", from: environment),
                limit: Self.versionLimit, outputSizeMaxBytes: Self.outputSizeMaxBytes)
        } catch {
            Log.warning("tunnel-program", "cloudflared cannot be started", ["path": path, "reason": error])
            return nil
        }
        guard answer.status == .exited(code: 0) else { return nil }
        return CloudflaredVersion(output: String(decoding: answer.output, as: UTF8.self))
    }
}
