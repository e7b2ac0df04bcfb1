import JSON
import Testing

@testable import Supervisor

/// The configuration document: checked, kept, overridden.
@Suite struct ConfigDocumentTests {
    static let whole: JSONObject = ConfigDocument.fresh.setting("proxy.api_key", to: "sk-stored").shown(overrides: [:])
    static let stored = ConfigDocument.fresh.setting("proxy.api_key", to: "sk-stored")

    static func changed(_ path: String, _ value: JSONValue?) -> JSONObject {
        var document = JSONValue.object(whole)
        document[path: path] = value
        return document.object ?? [:]
    }

    static func fault(_ root: JSONObject, overrides: [String: JSONValue] = [:]) -> ConfigFault? {
        do throws(ConfigFault) {
            _ = try ConfigDocument(replacing: stored, by: root, overrides: overrides)
            return nil
        } catch { return error }
    }

    static let bad: [(String, JSONValue)] = [
        ("language", "xx"), ("theme", 1), ("refresh_interval", 0), ("refresh_interval", 1441),
        ("refresh_interval", "15"),
        ("refresh_interval", .number("1.5")), ("proxy", []), ("proxy.port", 0), ("proxy.port", 65536),
        ("proxy.auth_mode", "Strict"), ("proxy.request_timeout", 29), ("proxy.api_key", "with blank"),
        ("proxy.api_key", ""), ("proxy.api_key", .null), ("proxy.admin_password", "ü"),
        ("proxy.custom_mapping", ["a": 1]),
        ("proxy.custom_mapping", ["": "b"]), ("proxy.scheduling", "Balance"), ("proxy.scheduling.mode", "balance"),
        ("proxy.scheduling.max_wait_seconds", 3601), ("proxy.cursor_reasoning_mode", "loud"),
        ("proxy.experimental.context_compression_threshold_l1", .number("1.1")),
        ("quota_protection.threshold_percentage", 100), ("quota_protection.monitored_models", "all"),
        ("circuit_breaker.backoff_steps", [0]), ("gateway.http", 1), ("gateway.http.head_timeout", 0),
        ("gateway.upstream.bases", ["no address"]), ("gateway.http.hosts", "gateway.lan"),
        ("gateway.http.hosts", [""]), ("gateway.http.hosts", ["http://gateway.lan"]),
        ("gateway.http.admin_cors_origins", ["*"]), ("gateway.http.admin_cors_origins", ["null"]),
        ("gateway.http.admin_cors_origins", ["https://console.lan/"]),
        ("gateway.http.admin_cors_origins", ["https://"]),
        ("gateway.http.admin_cors_origins", ["https://Console.lan"]),
        ("gateway.http.admin_cors_origins", ["console.lan"]), ("gateway.http.admin_cors_origins", ["1s://a"]),
        ("gateway.http.hosts", .array(Array(repeating: "gateway.lan", count: 65))),
    ]

    @Test(arguments: bad)
    func `a member that does not fit is named by its path and its value is not repeated`(path: String, value: JSONValue)
    {
        guard case .bad(let named, let complaint)? = Self.fault(Self.changed(path, value)) else {
            Issue.record("\(path) was taken")
            return
        }
        expect(named, path, "path")
        if case .string(let text) = value, text.count > 3 { expect(complaint.contains(text), false, complaint) }
    }

    @Test func `every missing required member is listed`() {
        var document = JSONValue.object(Self.whole)
        for path in ["language", "proxy.port", "proxy.api_key"] { document[path: path] = nil }
        expect(Self.fault(document.object ?? [:]), .missing(["language", "proxy.port", "proxy.api_key"]), "fault")
    }

    static let proxies: [(Bool, String, Bool)] = [
        (false, "", true), (false, "nonsense", true), (true, "", false), (true, "nonsense", false),
        (true, "ftp://a", false),
        (true, "http://user:secret@host:3128", true), (true, "socks5h://host:1080", true), (true, "socks5://", false),
    ]

    @Test(arguments: proxies)
    func `a proxy that is switched on needs an address`(isEnabled: Bool, url: String, isGood: Bool) {
        var document = JSONValue.object(Self.whole)
        document[path: "proxy.upstream_proxy"] = ["enabled": .bool(isEnabled), "url": .string(url)]
        let fault = Self.fault(document.object ?? [:])
        expect(fault == nil, isGood, "\(isEnabled) \(url): \(String(describing: fault))")
    }

    @Test func `unknown members, their order and the spelling of numbers go round unchanged`() throws {
        let text = String(decoding: JSONValue.object(Self.whole).serialized, as: UTF8.self)
        let extended = text.replacing(#""theme""#, with: #""b_later":{"z":[1.50,null],"a":1e2},"theme""#)
            .replacing(#""context_compression_threshold_l1":0.4"#, with: #""context_compression_threshold_l1":0.40"#)
            .replacing(#""gateway":{}"#, with: #""gateway":{"later":{"x":1},"http":{"head_timeout":20,"also":true}}"#)
        let root = try JSONValue(parsing: Array(extended.utf8)).object ?? [:]
        let document = try ConfigDocument(replacing: Self.stored, by: root, overrides: [:])
        let shown = String(decoding: JSONValue.object(document.shown(overrides: [:])).serialized, as: UTF8.self)
        expect(shown, extended, "document")
    }

    @Test func `an optional member that is left out returns to its default`() throws {
        let document = try ConfigDocument(
            replacing: Self.stored.setting("proxy.admin_password", to: "secret"),
            by: Self.changed("proxy.admin_password", nil), overrides: [:])
        expect(JSONValue.object(document.shown(overrides: [:]))[path: "proxy.admin_password"], .null, "password")
    }

    @Test func `a document that is read and sent back does not turn the environment into stored values`() throws {
        let overrides: [String: JSONValue] = ["proxy.api_key": "sk-environment", "gateway.upstream.http2": true]
        let shown = Self.stored.shown(overrides: overrides)
        expect(JSONValue.object(shown)[path: "proxy.api_key"], "sk-environment", "shown")
        let back = try ConfigDocument(replacing: Self.stored, by: shown, overrides: overrides)
        expect(JSONValue.object(back.root)[path: "proxy.api_key"], "sk-stored", "stored")
        expect(JSONValue.object(back.root)[path: "gateway.upstream.http2"], nil, "stored")
        var other = JSONValue.object(shown)
        other[path: "proxy.api_key"] = "sk-new"
        let changed = try ConfigDocument(replacing: Self.stored, by: other.object ?? [:], overrides: overrides)
        expect(JSONValue.object(changed.root)[path: "proxy.api_key"], "sk-new", "a different value is stored")
        expect(
            JSONValue.object(changed.shown(overrides: overrides))[path: "proxy.api_key"], "sk-environment", "in force")
    }

    static let modes: [(JSONValue, JSONValue)] = [
        ("Fold", "think_tags"), (" off ", "hide"), ("passthrough", "raw"), ("ON", "inline"), ("", .null),
        (.null, .null),
    ]

    @Test(arguments: modes)
    func `a reasoning mode is stored in its canonical spelling`(spelling: JSONValue, stored: JSONValue) throws {
        let document = try ConfigDocument(
            replacing: Self.stored, by: Self.changed("proxy.cursor_reasoning_mode", spelling), overrides: [:])
        expect(JSONValue.object(document.root)[path: "proxy.cursor_reasoning_mode"], stored, "mode")
    }

    /// RFC 7396, appendix A, the rows whose target and patch are objects.
    static let patches: [(String, String, String)] = [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, "{}"), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
        (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
        (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#), (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
        ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ]

    @Test(arguments: patches)
    func `a merge patch does what its RFC says`(target: String, patch: String, result: String) throws {
        func object(_ text: String) throws -> JSONObject { try JSONValue(parsing: Array(text.utf8)).object ?? [:] }
        expect(MergePatch.apply(try object(patch), to: try object(target)), try object(result), patch)
    }

    static let effective: [(String, Bool, String)] = [
        ("auto", false, "all_except_health"), ("off", false, "off"), ("off", true, "all_except_health"),
        ("strict", true, "strict"), ("all_except_health", false, "all_except_health"),
    ]

    @Test(arguments: effective)
    func `authentication is only off while nobody else can connect`(mode: String, isReachable: Bool, result: String)
        throws
    {
        let configuration = Configuration(
            document: Self.stored.setting("proxy.auth_mode", to: .string(mode)), settings: try SettingsTests.load([:]))
        expect(configuration.effectiveAuthMode(isReachableFromOutside: isReachable).rawValue, result, mode)
    }
}
