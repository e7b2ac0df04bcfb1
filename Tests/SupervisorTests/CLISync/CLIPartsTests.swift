import Testing

@testable import Supervisor

/// Addresses, versions, programs and what a client's files say, without a client.
@Suite struct CLIPartsTests {
    @Test(arguments: [
        ("http://h:1", "http://h:1"), ("http://h:1/", "http://h:1"), ("HTTPS://h/v1//", "https://h"),
        ("http://h/v1", "http://h"),
        ("http://[::1]:8045/a/v1/", "http://[::1]:8045/a"), ("http://h/v1beta", "http://h/v1beta"),
        ("http://v1", "http://v1"),
    ])
    func `an address loses its slash and version, and Codex gets the version back`(text: String, root: String) {
        let address = CLIAddress(text)
        #expect(address?.root == root)
        #expect(address?.url(for: .codex) == root + "/v1" && address?.url(for: .claude) == root)
    }

    @Test(arguments: [
        "", "h:1", "ftp://h", "http://", "http:///v1", "http:///x", "http://:80", "http://h?x=1", "http://h#x",
        "http://h x",
        "http://h\n", "http://h\"", "http://h'", "http://h$", "http://ä", "http://h\\", "javascript:http://h",
        "http://" + String(repeating: "h", count: 2048),
    ])
    func `what is no plain web address is refused`(text: String) {
        #expect(CLIAddress(text) == nil)
    }

    @Test(arguments: [
        ("codex-cli 0.86.0\n", "0.86.0"), ("claude/2.1.2 (Claude Code)", "2.1.2"), ("0.1.5.", "0.1.5"),
        (" none \n", "none"),
        ("", nil), (" \n", nil), ("...", nil), ("v1 and .2", "2"),
    ])
    func `the last run of digits and dots is the version`(output: String, version: String?) {
        #expect(ProgramVersion.version(in: output) == version)
    }

    @Test func `every file has a name, and only one lies in the home itself`() {
        #expect(
            CLIApp.allCases.flatMap { $0.files.map(\.name) } == [
                ".claude.json", "settings.json", "auth.json", "config.toml", ".env", "settings.json", "config.json",
            ])
        #expect(CLIFile.allCases.filter(\.isDispensable) == [.claudeState])
    }

    nonisolated struct Sample: Sendable {
        let app: CLIApp
        let files: [CLIFile: String]
        let url: String?
        let isSynced: Bool
    }

    @Test(arguments: [
        Sample(app: .claude, files: [:], url: nil, isSynced: false),
        Sample(
            app: .claude,
            files: [
                .claudeState: #"{"hasCompletedOnboarding":true}"#,
                .claudeSettings: #"{"env":{"ANTHROPIC_BASE_URL":"http://h/"}}"#,
            ],
            url: "http://h/", isSynced: true),
        Sample(
            app: .claude, files: [.claudeSettings: #"{"env":{"ANTHROPIC_BASE_URL":"http://h"}}"#], url: "http://h",
            isSynced: false),
        Sample(app: .claude, files: [.claudeSettings: "{", .claudeState: "{"], url: nil, isSynced: false),
        Sample(
            app: .codex,
            files: [
                .codexAuth: "{}",
                .codexConfig:
                    "model_provider = \"custom\"\n[x]\nbase_url = 'y'\n[model_providers.custom]\nbase_url = 'http://h/v1/'",
            ], url: "http://h/v1/", isSynced: true),
        Sample(
            app: .codex, files: [.codexAuth: "{}", .codexConfig: "[model_providers.custom]\nbase_url = 'http://h/v1'"],
            url: "http://h/v1", isSynced: false),
        Sample(
            app: .codex,
            files: [.codexConfig: "model_provider = 'custom'\n[model_providers.custom]\nbase_url = 'http://h/v1'"],
            url: "http://h/v1", isSynced: false),
        Sample(app: .codex, files: [.codexAuth: "{}", .codexConfig: "["], url: nil, isSynced: false),
        Sample(
            app: .gemini, files: [.geminiEnvironment: "GOOGLE_GEMINI_BASE_URL=http://h\n"], url: "http://h",
            isSynced: true),
        Sample(
            app: .gemini, files: [.geminiEnvironment: "GOOGLE_GEMINI_BASE_URL=http://x\n"], url: "http://x",
            isSynced: false),
    ])
    func `a client's files say where it points`(_ sample: Sample) {
        let wanted = sample.app == .codex ? "http://h/v1" : "http://h"
        let state = CLIState(of: sample.app, wanted: wanted) { file in sample.files[file].map { Array($0.utf8) } }
        #expect(state.url == sample.url && state.isSynced == sample.isSynced)
    }

    @Test(arguments: CLIApp.allCases)
    func `what is written is what counts as synced, and an empty key leaves none`(_ app: CLIApp) throws {
        let address = try #require(CLIAddress("http://h:1"))
        let target = CLITarget(url: address.url(for: app), key: "sk-secret")
        var files: [CLIFile: [UInt8]] = [:]
        for file in app.files { files[file] = try file.content(nil, for: target) }
        #expect(CLIState(of: app, wanted: target.url) { files[$0] }.isSynced)
        #expect(files.values.contains { String(decoding: $0, as: UTF8.self).contains("sk-secret") })
        let without = CLITarget(url: app.ownURL, key: "")
        for (file, content) in files {
            let cleaned = String(decoding: try file.content(content, for: without), as: UTF8.self)
            #expect(!cleaned.contains("sk-secret") && !cleaned.contains("http://h:1"))
        }
    }
}
