import Foundation
import JSON
import Testing

@testable import Supervisor

/// What the environment may say, and what is said about it when it cannot be read.
@Suite struct SettingsTests {
    static func load(_ environment: [String: String]) throws(SettingsError) -> Settings {
        try Settings.load(environment: ["HOME": "/home/x"].merging(environment) { $1 })
    }

    // MARK: The table

    @Test func `every row has a name of its own, and its default is a value that it takes`() {
        var names: Set<String> = []
        for setting in SettingsTable.all {
            let name = setting.member ?? setting.variable ?? "?"
            expect(names.insert(name).inserted, true, "\(name) once")
            if case .value(let value) = setting.fallback { expect(setting.form.check(value).value, value, name) }
            expect(setting.help.hasSuffix("."), true, "\(name) has a sentence of help")
        }
        let spellings = SettingsTable.all.flatMap(\.spellings)
        expect(Set(spellings).count, spellings.count, "spellings")
    }

    @Test func `the checked-in reference is the one the table prints`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/configuration.md"), encoding: .utf8)
        if page != SettingsReference.markdown {
            Issue.record("run antigravity-supervisor --print-configuration-reference > docs/configuration.md")
        }
        for setting in SettingsTable.all where setting.variable != nil {
            expect(SettingsReference.help.contains(setting.spellings[0]), true, setting.spellings[0])
        }
    }

    // MARK: Spellings

    static let spellings: [([String: String], String)] = [
        (["ANTIGRAVITY_API_KEY": "first", "ABV_API_KEY": "second", "API_KEY": "third"], "first"),
        (["ANTIGRAVITY_API_KEY": "  ", "ABV_API_KEY": "second", "API_KEY": "third"], "second"),
        (["ABV_API_KEY": "", "API_KEY": " third "], "third"),
    ]

    @Test(arguments: spellings)
    func `the first spelling that is set and not blank wins`(environment: [String: String], key: String) throws {
        expect(try Self.load(environment).overrides["proxy.api_key"], .string(key), "key")
    }

    static let values: [(String, String, String, JSONValue)] = [
        ("ABV_BIND_LOCAL_ONLY", "1", "proxy.allow_lan_access", false),
        ("ABV_BIND_LOCAL_ONLY", "Off", "proxy.allow_lan_access", true),
        ("AUTH_MODE", "STRICT", "proxy.auth_mode", "strict"),
        ("PORT", "9000", "proxy.port", 9000),
        ("ANTIGRAVITY_PORT", "0", "proxy.port", 0),
        (
            "ANTIGRAVITY_GATEWAY_UPSTREAM_BASES", "https://a.example/, http://b", "gateway.upstream.bases",
            ["https://a.example/", "http://b"]
        ),
        (
            "ANTIGRAVITY_GATEWAY_SCHEDULING_RETRY_BUDGET_RATIO", "0.50", "gateway.scheduling.retry_budget_ratio",
            .number("0.50")
        ),
        (
            "ANTIGRAVITY_GATEWAY_HTTP_HOSTS", "Gateway.lan, 192.168.1.9,[fd00::1]:8045", "gateway.http.hosts",
            ["Gateway.lan", "192.168.1.9", "[fd00::1]:8045"]
        ),
        ("ABV_GATEWAY_UPSTREAM_HTTP2", "yes", "gateway.upstream.http2", true),
    ]

    @Test(arguments: values)
    func `a variable becomes the member it stands for`(
        variable: String, text: String, member: String, value: JSONValue
    ) throws {
        expect(try Self.load([variable: text]).overrides[member], value, variable)
    }

    @Test func `the reasoning mode of the environment fills in and overrides nothing`() throws {
        let settings = try Self.load(["ANTI_CURSOR_REASONING_MODE": "Fold"])
        expect(settings.reasoningMode, .thinkTags, "mode")
        expect(settings.overrides["proxy.cursor_reasoning_mode"], nil, "override")
    }

    // MARK: Bad values

    static let bad: [(String, String)] = [
        ("ANTIGRAVITY_PORT", "70000"), ("PORT", "80a"), ("ANTIGRAVITY_PORT", "-1"), ("ANTIGRAVITY_WORKERS", "0"),
        ("ABV_MAX_BODY_SIZE", "big"), ("LOG_LEVEL", "loud"), ("ABV_AUTH_MODE", "sometimes"),
        ("ABV_BIND_LOCAL_ONLY", "perhaps"), ("ANTIGRAVITY_CURSOR_REASONING_MODE", "loudly"),
        ("ANTIGRAVITY_GOOGLE_URL", "ftp-host"), ("ANTIGRAVITY_GOOGLE_URL", "http://?"),
        ("ANTIGRAVITY_API_KEY", "secret with blanks"), ("WEB_PASSWORD", "sécret"),
        ("ANTIGRAVITY_GATEWAY_HTTP_HEAD_TIMEOUT", "301"), ("ANTIGRAVITY_GATEWAY_UPSTREAM_BASES", "https://a, b"),
        ("ANTIGRAVITY_GATEWAY_SCHEDULING_RETRY_BUDGET_RATIO", "0x1"),
    ]

    @Test(arguments: bad)
    func `a value that cannot be read names the variable and what it takes, never the value`(name: String, text: String)
    {
        do throws(SettingsError) {
            _ = try Self.load([name: text])
            Issue.record("\(name) was taken")
        } catch {
            expect(error.description.hasPrefix("\(name) must be "), true, error.description)
            expect(error.description.contains(text), false, "repeats the value")
            expect(error.description.contains("\n"), false, "one line")
        }
    }

    @Test func `variables with our prefix that nothing reads are found`() throws {
        let settings = try Self.load([
            "ANTIGRAVITY_PROT": "1", "ANTIGRAVITY_API_KEY_FILE": "", "ANTIGRAVITY_PORT": "1", "OTHER": "1",
        ])
        expect(settings.unknownVariables, ["ANTIGRAVITY_PROT"], "unknown")
    }

    // MARK: Secrets

    @Test func `a secret comes from its variable, its file or its credential, in this order`() throws {
        let folder = try TemporaryFolder()
        try folder.write("from-file\n", to: "key")
        try folder.write("from-credential", to: "antigravity_api_key")
        var environment = ["CREDENTIALS_DIRECTORY": folder.path]
        expect(try Self.load(environment).overrides["proxy.api_key"], "from-credential", "credential")
        environment["ANTIGRAVITY_API_KEY_FILE"] = folder.file("key")
        expect(try Self.load(environment).overrides["proxy.api_key"], "from-file", "file")
        environment["API_KEY"] = "from-variable"
        expect(try Self.load(environment).overrides["proxy.api_key"], "from-variable", "variable")
        environment = ["ANTIGRAVITY_WEB_PASSWORD_FILE": folder.file("missing")]
        expect(
            Result { try Self.load(environment) }.failureDescription?.hasPrefix(
                "ANTIGRAVITY_WEB_PASSWORD_FILE: cannot read"),
            true, "missing file")
    }

    static let folders: [([String: String], String)] = [
        (["ANTIGRAVITY_DATA_DIR": "/a"], "/a"),
        (["ABV_DATA_DIR": "/b", "STATE_DIRECTORY": "/s"], "/b"),
        (["STATE_DIRECTORY": "/s:/t", "XDG_STATE_HOME": "/x"], "/s"),
        (["XDG_STATE_HOME": "/x"], "/x/antigravity-gateway"),
        ([:], "/home/x/.local/state/antigravity-gateway"),
    ]

    @Test(arguments: folders)
    func `the data folder is the first that is named`(environment: [String: String], path: String) throws {
        expect(try Self.load(environment).dataDirectory, path, "folder")
    }
}

extension Result where Failure == any Error {
    fileprivate var failureDescription: String? {
        if case .failure(let error) = self { "\(error)" } else { nil }
    }
}
