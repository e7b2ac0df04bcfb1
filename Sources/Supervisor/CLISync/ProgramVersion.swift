import Platform

/// Asks a client for its version.
enum ProgramVersion {
    static let limit = Duration.seconds(5)
    /// A version stands at the beginning of what a program says, if anywhere.
    static let outputSizeMaxBytes = 65_536

    /// - Returns: nil if it cannot be run, fails, or takes too long.
    static func ask(_ program: String, environment: [String]) async -> String? {
        // Whatever goes wrong on the way, there is no version to show.
        let answer = try? await ProgramQuestion.ask(
            program, arguments: [program, "--version"], environment: environment, limit: limit,
            outputSizeMaxBytes: outputSizeMaxBytes)
        guard let answer, answer.status == .exited(code: 0) else { return nil }
        return version(in: String(decoding: answer.output, as: UTF8.self))
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
