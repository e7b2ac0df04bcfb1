import Glibc
import JSON
import Platform

/// `cli-sync`: what the admin API does in the gateway's home, done in the home of whoever runs the command. The gateway is
/// asked for its address and key only; the files are read and written here.
nonisolated extension OperatorCommand {
    /// A file with a key holds nothing else.
    static let keyFileSizeMaxBytes = 4096

    /// Ends the process when it is done: the work needs the loop, which the command else has no use for.
    func clients() -> Int32 {
        Task { @MainActor in exit(await runClients()) }
        EventLoop.run()
        return ExitCode.failed
    }

    @MainActor private func runClients() async -> Int32 {
        guard let app = options.client else { return ExitCode.usage }
        guard let memory = CreatedFilesNote(environment: environment) else {
            Self.complain("there is no home folder: HOME is not set")
            return ExitCode.notPermitted
        }
        let desk = CLISyncDesk(
            home: environment["HOME"], dataFolder: nil, searchPath: environment["PATH"], memory: memory)
        do {
            return try await run(app, desk)
        } catch let error as CLISyncError {
            Self.complain(error.text)
            return Self.exitCode(error)
        } catch let error as OperatorCall.Failure {
            Self.complain("\(error.text); --url and --key-file do without")
            return error.exitCode
        } catch let refusal as Refusal {
            return refusal.exitCode
        } catch {
            Self.complain("\(error)")
            return ExitCode.failed
        }
    }

    /// Something has been said and the command ends.
    private struct Refusal: Error { let exitCode: Int32 }

    @MainActor private func run(_ app: CLIApp, _ desk: CLISyncDesk) async throws -> Int32 {
        switch options.clientStep {
        case nil:
            let outcome = try await desk.sync(app, target(app))
            return tell(CLISyncText.json(synced: outcome), CLISyncText.lines(outcome))
        case .dryRun:
            let previews = try await desk.preview(app, target(app))
            return tell(CLISyncText.json(previews), CLISyncText.lines(previews))
        case .restore:
            let outcome = try await desk.restore(app)
            return tell(CLISyncText.json(restored: outcome), CLISyncText.lines(outcome))
        case .status:
            let status = try await desk.status(app, url: address().url(for: app))
            let code = tell(CLISyncText.json(status, of: app), CLISyncText.lines(status))
            return code == ExitCode.done && !status.state.isSynced ? ExitCode.failed : code
        }
    }

    private func tell(_ document: JSONValue, _ lines: [String]) -> Int32 {
        options.isJSON ? Self.show(document) : Self.show(lines.map { $0 + "\n" }.joined())
    }

    // MARK: What the gateway knows

    private func target(_ app: CLIApp) throws -> CLITarget {
        CLITarget(url: try address().url(for: app), key: try key())
    }

    private func address() throws -> CLIAddress {
        if let url = options.url { return url }
        let status = try ask("/api/proxy/status")
        guard let address = status["base_url"]?.string.flatMap({ CLIAddress($0) }) else {
            throw OperatorCall.Failure.broken("it names no address")
        }
        return address
    }

    private func key() throws -> String {
        if let file = options.keyFile { return try key(in: file) }
        if let key = environment["ANTIGRAVITY_API_KEY"]?.trimmed, !key.isEmpty {
            return try checked(key, "the variable")
        }
        return try ask("/api/config")["proxy"]?["api_key"]?.string ?? ""
    }

    private func ask(_ path: String) throws -> JSONValue {
        let answer = try call("GET", path)
        guard answer.status == 200, let document = answer.json else { throw Refusal(exitCode: refused(answer)) }
        return document
    }

    private func key(in file: String) throws -> String {
        let descriptor = FileDescriptor(owning: file == "-" ? dup(0) : open(file, O_RDONLY | O_CLOEXEC))
        guard descriptor.raw >= 0 else { throw complaint("\(file) cannot be read: \(SystemText.of(errno))") }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: Self.keyFileSizeMaxBytes)
        while bytes.count <= Self.keyFileSizeMaxBytes {
            let count = read(descriptor.raw, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw complaint("\(file) cannot be read: \(SystemText.of(errno))") }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        return try checked(String(decoding: bytes, as: UTF8.self).trimmed, file)
    }

    private func checked(_ key: String, _ place: String) throws -> String {
        guard (1...256).contains(key.utf8.count), CLISyncText.isKey(key) else {
            throw complaint("\(place) holds no key of 1 to 256 printable characters")
        }
        return key
    }

    private func complaint(_ text: String) -> Refusal {
        Self.complain(text)
        return Refusal(exitCode: ExitCode.usage)
    }

    private static func exitCode(_ error: CLISyncError) -> Int32 {
        switch error {
        case .noHome, .notWritable: ExitCode.notPermitted
        case .changing: ExitCode.busy
        case .unusable, .missing, .noRoom, .memory: ExitCode.failed
        }
    }
}
