import Platform

/// Sets up the clients of one home folder, one change after the other: remembers which files it makes, and tries again
/// when a client writes its own files meanwhile.
final class CLISyncDesk {
    private let homePath: String?
    private let dataFolder: String?
    private let searchPath: String?
    private let memory: any CreatedFilesMemory
    private let turnstile = Turnstile()
    private let versionTurnstile = Turnstile()
    private lazy var thread = HomeThread()

    /// Claude writes its state every few seconds while it runs.
    static let attemptCountMax = 3

    /// What is known of a client on this machine.
    nonisolated struct Status: Sendable {
        let program: String?
        let version: String?
        let state: CLIState
        let hasBackup: Bool
    }

    /// - Parameters:
    ///   - home: nil: none is known.
    ///   - dataFolder: the gateway's own folder, which is no home.
    ///   - searchPath: the variable `PATH`.
    init(home: String?, dataFolder: String?, searchPath: String?, memory: any CreatedFilesMemory) {
        homePath = home
        self.dataFolder = dataFolder
        self.searchPath = searchPath
        self.memory = memory
    }

    func sync(_ app: CLIApp, _ target: CLITarget) async throws(CLISyncError) -> CLISync.Outcome {
        try await turnstile.pass { () async throws(CLISyncError) -> CLISync.Outcome in
            var attempt = 1
            while true {
                do throws(CLISyncError) {
                    return try await syncOnce(app, target)
                } catch {
                    guard case .changing = error, attempt < Self.attemptCountMax else { throw error }
                    attempt += 1
                }
            }
        }
    }

    /// What was made must be known even if this process dies while it makes it.
    private func syncOnce(_ app: CLIApp, _ target: CLITarget) async throws(CLISyncError) -> CLISync.Outcome {
        let (homePath, dataFolder) = (homePath, dataFolder)
        let created = try await memory.load()
        let plan = try await thread.run { () throws(CLISyncError) in
            try CLISync(home: HomeFolder(homePath, dataFolder: dataFolder)).plan(app, target, created: created)
        }
        if plan.created != created { try await memory.save(plan.created) }
        do throws(CLISyncError) {
            return try await thread.run { () throws(CLISyncError) in try plan.commit() }
        } catch {
            // The first error is the one to tell: what is remembered in vain is not there when it is looked for.
            if plan.created != created { try? await memory.save(created) }
            throw error
        }
    }

    func restore(_ app: CLIApp) async throws(CLISyncError) -> CLISync.Outcome {
        let (homePath, dataFolder) = (homePath, dataFolder)
        return try await turnstile.pass { () async throws(CLISyncError) -> CLISync.Outcome in
            let created = try await memory.load()
            let (outcome, left) = try await thread.run { () throws(CLISyncError) in
                var left = created
                let sync = CLISync(home: try HomeFolder(homePath, dataFolder: dataFolder))
                return (try sync.restore(app, created: &left), left)
            }
            if left != created { try await memory.save(left) }
            return outcome
        }
    }

    /// The contents as a sync would write them; where there is no home, as for an empty one.
    func preview(_ app: CLIApp, _ target: CLITarget) async throws(CLISyncError) -> [CLISync.Preview] {
        let (homePath, dataFolder) = (homePath, dataFolder)
        return try await thread.run { () throws(CLISyncError) in
            let home = Self.home(homePath, dataFolder)
            return try CLISync.preview(app, target, home: home)
        }
    }

    /// - Parameter url: the address that the client should have.
    func status(_ app: CLIApp, url: String) async throws(CLISyncError) -> Status {
        let (homePath, dataFolder) = (homePath, dataFolder)
        let search = ProgramSearch(path: searchPath, home: homePath)
        let (program, state, hasBackup) = try await thread.run { () throws(CLISyncError) in
            let home = Self.home(homePath, dataFolder)
            // What cannot be read says nothing.
            let state = CLIState(of: app, wanted: url) { file in (try? home?.read(file))?.bytes }
            return (search.find(app.program), state, home.map { CLISync(home: $0).hasBackup(app) } ?? false)
        }
        return Status(
            program: program, version: await version(of: program), state: state, hasBackup: hasBackup)
    }

    /// What a file of the client holds.
    ///
    /// - Throws: `.missing` if there is none, `.unusable` if it is no text or too large to be shown.
    func content(of file: CLIFile) async throws(CLISyncError) -> String {
        let (homePath, dataFolder) = (homePath, dataFolder)
        return try await thread.run { () throws(CLISyncError) in
            let home = try HomeFolder(homePath, dataFolder: dataFolder)
            let path = home.path(of: file)
            guard let found = try home.read(file, sizeMaxBytes: HomeFolder.shownSizeMaxBytes) else {
                throw .missing(path: path)
            }
            guard let text = String(validating: found.bytes, as: UTF8.self) else {
                throw .unusable(path: path, why: "it is no UTF-8 text")
            }
            return text
        }
    }

    private func version(of program: String?) async -> String? {
        guard let program else { return nil }
        // A script's interpreter is often its neighbour.
        let neighbours = program.lastIndex(of: "/").map { String(program[..<$0]) } ?? "/"
        return await versionTurnstile.pass { () async in
            await ProgramVersion.ask(
                program,
                environment: [
                    "PATH=\(neighbours):\(searchPath ?? "/usr/local/bin:/usr/bin:/bin")", "HOME=\(homePath ?? "/")",
                ])
        }
    }

    private nonisolated static func home(_ path: String?, _ dataFolder: String?) -> HomeFolder? {
        try? HomeFolder(path, dataFolder: dataFolder)
    }
}

/// Where clients' files are read and written: never on the loop.
private actor HomeThread {
    private nonisolated let executor = ThreadExecutor(name: "client-files")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func run<T: Sendable>(
        _ body: @Sendable () throws(CLISyncError) -> T
    ) throws(CLISyncError) -> T { try body() }
}
