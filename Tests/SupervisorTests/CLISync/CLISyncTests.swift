import Foundation
import Testing

@testable import Supervisor

/// Clients' files on a disk: what is written, what is kept, and the way back.
@Suite struct CLISyncTests {
    static let samples: [CLIFile: String] = [
        .claudeState: "{\"numStartups\": 7, \"projects\": {\"/x\": {\"history\": [\"\\ud83d\"]}}}",
        .claudeSettings: "{\"env\":{\"ANTHROPIC_MODEL\":\"m\",\"X\":\"1\"},\n \"permissions\":{\"allow\":[]}}\n",
        .codexAuth: "{\n\t\"tokens\": {\"id\": 1e3}\n}", .codexConfig: "# mine\nmodel = 'x'\r\n[tui]\n",
        .geminiEnvironment: "# keys\nGEMINI_API_KEY='old'\nOTHER=1",
        .geminiSettings: "{\"security\":{\"auth\":{}},\"ui\":{}}",
        .geminiConfig: "{}",
    ]

    /// Every subset of a client's files, some behind links.
    static let starts: [(CLIApp, Int, Bool)] = CLIApp.allCases.flatMap { app in
        (0..<(1 << app.files.count)).flatMap { subset in [(app, subset, false), (app, subset, true)] }
    }

    @Test(arguments: starts)
    func `restoring after any number of syncs brings every byte, mode and link back`(
        _ app: CLIApp, _ subset: Int, _ hasLinks: Bool
    ) throws {
        let home = try HomeSample()
        for (index, file) in app.files.enumerated() where subset >> index & 1 == 1 {
            try home.put(Self.samples[file] ?? "", file, mode: index == 0 ? 0o640 : 0o600)
            guard hasLinks else { continue }
            mkdir(home.folder.file("dotfiles"), 0o700)
            let real = home.folder.file("dotfiles/\(file.name)")
            rename(home.folder.file(file.place), real)
            symlink(real, home.folder.file(file.place))
        }
        let before = try home.everything()
        let first = try home.run(app)
        let once = try home.everything()
        #expect(first.backups.count == subset.nonzeroBitCount)
        #expect(try home.run(app) == CLISync.Outcome(), "a second sync has nothing to do")
        #expect(try home.everything() == once)
        #expect(
            CLIState(of: app, wanted: try home.target(app).url) { home.text($0.place).map { Array($0.utf8) } }.isSynced)
        if subset % 2 == 1 { try home.run(app, "http://other:1") }
        let back = try home.restore(app)
        #expect(try home.everything() == before)
        #expect(back.restored.count == subset.nonzeroBitCount && home.created == CreatedFiles())
    }

    @Test func `new files are private, and old ones keep their mode with their backup`() throws {
        let home = try HomeSample()
        try home.put("{}", .codexAuth, mode: 0o644)
        try home.run(.codex)
        #expect(try home.folder.mode(".codex/auth.json") == 0o644)
        #expect(try home.folder.mode(".codex/auth.json.antigravity.bak") == 0o644)
        #expect(try home.folder.mode(".codex/config.toml") == 0o600)
        let fresh = try HomeSample()
        try fresh.run(.gemini)
        #expect(try fresh.folder.mode(".gemini") == 0o700 && fresh.folder.mode(".gemini/.env") == 0o600)
        #expect(try fresh.folder.names(in: ".gemini") == [".env", "settings.json"], "no old name is made anew")
    }

    @Test func `a backup holds the original after any number of syncs`() throws {
        let home = try HomeSample()
        try home.put("{\"a\": 1}", .codexAuth)
        for root in ["http://one", "http://two", "http://one"] { try home.run(.codex, root) }
        #expect(home.text(".codex/auth.json.antigravity.bak") == "{\"a\": 1}")
        #expect(try home.folder.names(in: ".codex") == ["auth.json", "auth.json.antigravity.bak", "config.toml"])
    }

    @Test(arguments: [
        (CLIFile.codexConfig, "[broken"), (.codexAuth, "{"), (.claudeSettings, "{\"env\": 1}"), (.claudeState, "[]"),
        (.geminiSettings, "// comment\n{}"), (.geminiEnvironment, "A=\0"),
    ])
    func `one file that is not understood leaves all files of the client alone`(_ file: CLIFile, _ text: String) throws
    {
        let home = try HomeSample()
        let app = try #require(CLIApp.allCases.first { $0.files.contains(file) })
        for other in app.files { try home.put(Self.samples[other] ?? "", other) }
        try home.put(text, file)
        let before = try home.everything()
        let path = home.sync.home.path(of: file)
        #expect {
            try home.run(app)
        } throws: { error in
            guard case .unusable(path, _)? = error as? CLISyncError else { return false }
            return true
        }
        #expect(try home.everything() == before)
    }

    @Test func `what is no plain file is refused and stays`() throws {
        let makers: [(String) -> Void] = [
            { mkdir($0, 0o700) }, { mkfifo($0, 0o600) }, { symlink("/nonexistent/file", $0) }, { symlink($0, $0) },
            { symlink("/dev/zero", $0) },
            { path in
                _ = FileManager.default.createFile(atPath: path, contents: nil)
                truncate(path, off_t(HomeFolder.fileSizeMaxBytes + 1))
            },
        ]
        for make in makers {
            let home = try HomeSample()
            mkdir(home.folder.file(".codex"), 0o700)
            make(home.folder.file(".codex/auth.json"))
            #expect(throws: CLISyncError.self) { try home.run(.codex) }
            #expect(try home.folder.names(in: ".codex") == ["auth.json"])
        }
    }

    @Test func `a place of a backup that holds something else stops the sync`() throws {
        let home = try HomeSample()
        try home.put("{}", .codexAuth)
        symlink("/etc/hostname", home.folder.file(".codex/auth.json.antigravity.bak"))
        #expect(throws: CLISyncError.self) { try home.run(.codex) }
        #expect(home.text(".codex/auth.json") == "{}")
    }

    @Test func `a file that was changed since it was read is not overwritten, and nothing else is`() throws {
        let home = try HomeSample()
        try home.put("{}", .codexAuth)
        try home.put("model = 'x'\n", .codexConfig)
        let plan = try home.sync.plan(.codex, try home.target(.codex), created: home.created)
        try home.put("model = 'changed meanwhile'\n", .codexConfig)
        let before = try home.everything()
        #expect(throws: CLISyncError.changing(path: home.sync.home.path(of: .codexConfig))) { try plan.commit() }
        #expect(try home.everything() == before, "the first file and its backup are undone")
    }

    @Test func `a file that appears while it is made is kept`() throws {
        let home = try HomeSample()
        let plan = try home.sync.plan(.codex, try home.target(.codex), created: home.created)
        try home.put("model = 'new'\n", .codexConfig)
        #expect(throws: CLISyncError.self) { try plan.commit() }
        #expect(try home.everything().keys.sorted() == [".codex/config.toml"])
    }

    @Test func `a file that was made here and grew since keeps what the client wrote`() throws {
        let home = try HomeSample()
        try home.run(.claude)
        try home.put("{\"hasCompletedOnboarding\": true, \"projects\": {\"/x\": 1}}", .claudeState)
        try home.run(.claude, "http://other")
        let back = try home.restore(.claude)
        #expect(back.removed == [home.sync.home.path(of: .claudeSettings)])
        #expect(home.text(".claude.json")?.contains("\"/x\": 1") == true)
        #expect(home.text(".claude/settings.json") == nil && home.created == CreatedFiles())
    }

    @Test func `a client nobody has synced is pointed at its own service, with a backup, and gets no files`() throws {
        let home = try HomeSample()
        #expect(try home.restore(.gemini) == CLISync.Outcome())
        #expect(try home.everything().isEmpty)
        try home.put("GEMINI_API_KEY=mine\n", .geminiEnvironment)
        let outcome = try home.restore(.gemini)
        #expect(outcome.restored == [home.sync.home.path(of: .geminiEnvironment)])
        #expect(home.text(".gemini/.env") == "GOOGLE_GEMINI_BASE_URL=https://generativelanguage.googleapis.com\n")
        #expect(home.text(".gemini/.env.antigravity.bak") == "GEMINI_API_KEY=mine\n")
    }

    @Test func `an older name of a file is changed where it is in use`() throws {
        let home = try HomeSample()
        try home.put("{}", .geminiConfig)
        try home.run(.gemini)
        #expect(home.text(".gemini/config.json")?.contains("gemini-api-key") == true)
    }

    @Test func `a gateway's own folder is no home`() throws {
        let folder = try TemporaryFolder()
        mkdir(folder.file("state"), 0o700)
        let state = try #require(HomeFolder.real(folder.file("state")))
        #expect(throws: CLISyncError.self) { try HomeFolder(state, dataFolder: state) }
        #expect(throws: CLISyncError.self) { try HomeFolder(nil) }
        #expect(throws: CLISyncError.self) { try HomeFolder(folder.file("missing")) }
        #expect(try HomeFolder(folder.path, dataFolder: state).path == HomeFolder.real(folder.path))
    }

    @Test func `a preview writes nothing and needs no home`() throws {
        let home = try HomeSample()
        try home.put("{\"a\":1}", .codexAuth)
        let before = try home.everything()
        let previews = try CLISync.preview(.codex, try home.target(.codex), home: home.sync.home)
        #expect(try home.everything() == before)
        try home.run(.codex)
        #expect(
            previews.map { String(decoding: $0.content, as: UTF8.self) } == [
                home.text(".codex/auth.json"), home.text(".codex/config.toml"),
            ])
        let none = try CLISync.preview(.claude, try home.target(.claude), home: nil)
        #expect(none.map(\.path) == ["~/.claude.json", "~/.claude/settings.json"])
    }
}
