import JSON
import Testing

@testable import Supervisor

/// The operator's command without a gateway: its words, its tables and its page for people.
@Suite struct OperatorCommandTests {
    @Test(arguments: [
        ([], "no verb"), (["nothing"], "unknown verb nothing"), (["status", "more"], "unexpected word more"),
        (["status", "--what"], "unknown option --what"), (["--socket"], "--socket needs a path"),
        (["wait", "--timeout", "soon"], "--timeout needs a number of seconds"),
        (["metrics", "--json"], "metrics has no --json"),
        (["status", "--timeout", "3"], "status has no --timeout"),
        (["cli-sync"], "cli-sync needs the name of a client"), (["cli-sync", "vim"], "unknown client vim"),
        (["cli-sync", "codex", "more"], "unexpected word more"),
        (["cli-sync", "codex", "--restore", "--status"], "--status does not go with --restore"),
        (["cli-sync", "codex", "--url", "ftp://x"], "--url needs an http or https address"),
        (["cli-sync", "codex", "--key-file"], "--key-file needs a path"),
        (["health", "--dry-run"], "health has no --dry-run"),
        (["metrics", "--url", "http://h"], "metrics has no --url"), (["codex"], "unknown verb codex"),
        (["backup"], "backup needs FILE"), (["restore", "a", "b"], "unexpected word b"),
        (["logs", "--limit", "0"], "--limit needs a number from 1 to 1000"),
        (["health", "--follow"], "health has no --follow"),
    ])
    func `words that are not understood are named`(words: [String], complaint: String) {
        #expect(throws: OperatorOptions.Complaint(text: complaint)) { try OperatorOptions(words) }
    }

    @Test func `options stand before and behind the verb`() throws {
        let options = try OperatorOptions(["--socket", "/run/x", "wait", "--timeout", "5"])
        #expect([options.verb, options.socket] == ["wait", "/run/x"] && options.timeoutSeconds == 5)
        #expect(try OperatorOptions(["status", "--json"]).isJSON)
        #expect(try OperatorOptions(["backup", "-"]).operands == ["-"])
        let logs = try OperatorOptions(["logs", "chat", "--errors", "a@x", "--limit", "7"])
        #expect(logs.operands == ["chat", "a@x"] && logs.errorsOnly && logs.limit == 7)
    }

    @Test func `a client stands behind its verb, whatever its case`() throws {
        let options = try OperatorOptions([
            "cli-sync", "--url", "http://h:1/v1/", "Codex", "--key-file", "-", "--dry-run",
        ])
        #expect(options.client == .codex && options.clientStep == .dryRun && options.keyFile == "-")
        #expect(options.url?.root == "http://h:1" && options.action == .clients)
    }

    @Test func `the program is the command under its own name and behind ctl`() {
        #expect(ProgramCall(["status"], name: "/usr/bin/antigravity-gateway") == .command(["status"]))
        #expect(ProgramCall(["ctl", "status"]) == .command(["status"]))
        #expect(ProgramCall([], name: "antigravity-gateway") == .command([]))
        #expect(ProgramCall([]) == .serve)
        #expect(ProgramCall(["--tunnel-keeper"]) == .tunnelKeeper)
    }

    @Test func `the socket is looked for where a gateway may have put it`() {
        let environment = ["RUNTIME_DIRECTORY": "/run/a:/run/b"]
        #expect(ControlPath.own(environment, dataDirectory: "/data") == "/run/a/control.sock")
        #expect(ControlPath.own([:], dataDirectory: "/data") == "/data/control.sock")
        #expect(
            ControlPath.candidates(environment, dataDirectory: "/data")
                == ["/run/a/control.sock", "/data/control.sock", "/run/antigravity-gateway/control.sock"])
    }

    @Test func `no line of the manual page is taken for a request by mistake`() {
        for line in OperatorManual.page.split(separator: "\n") where line.hasPrefix(".") {
            #expect([".TH", ".SH", ".TP", ".B", ".I", ".RI"].contains(String(line.prefix { $0 != " " })), "\(line)")
        }
    }

    @Test(arguments: [
        (-5, "0s"), (0, "0s"), (59, "59s"), (60, "1m"), (9_442, "2h37m"), (3_600, "1h"), (90_061, "1d1h"),
    ])
    func `a time is told in its two largest units`(seconds: Int, text: String) {
        #expect(StatusText.duration(seconds) == text)
    }

    @Test func `every limit of an account has a line, and its page stands with it`() {
        let document: JSONValue = [
            "service": [
                "version": "1", "port": 8045, "uptime_seconds": 3600, "scheduling": ["leases": 2, "waiting": 1],
            ],
            "accounts": [
                [
                    "email": "a@example.com", "state": "VALIDATION", "state_until": 1_600,
                    "state_reason": "Confirm it.",
                    "validation_url": "https://google.com/x",
                    "locks": [["model": "claude", "reason": "exhausted: quota", "until": 1_090]],
                ], ["email": "long-name@example.com", "state": "ACTIVE", "proxy_disabled": true, "locks": []],
            ],
        ]
        let lines = StatusText.render(document, now: 1_000).split(separator: "\n").map(String.init)
        #expect(lines[0] == "version 1, port 8045, up 1h; 2 requests with accounts, 1 waiting, - conversations")
        #expect(lines[2] == "a@example.com          VALIDATION for 10m  Confirm it.")
        #expect(lines[3].trimmed == "https://google.com/x" && lines[4].trimmed == "claude: exhausted: quota for 1m30s")
        #expect(lines[5] == "long-name@example.com  SWITCHED OFF        ")
    }

    @Test func `a record is one line, and nothing in it steers the terminal`() {
        let record: JSONValue = [
            "timestamp": 1_769_500_123_456, "status": 503, "duration": 12, "method": "POST", "url": "/v1/x\u{1B}[2J\n",
            "model": "a", "mapped_model": "b", "account_email": .null, "input_tokens": 3,
            "error": "no\u{9B}31m \u{202E}way",
        ]
        #expect(LogText.line(record) == "2026-01-27T07:48:43Z 503 12ms POST /v1/x?[2J? a>b - 3/- no?31m ?way\n")
        #expect(LogText.time(-1_000) == "1969-12-31T23:59:59Z")
    }

    @Test func `what comes is filtered as what is stored`() {
        let record: JSONValue = ["status": 404, "url": "/v1/Chat", "account_email": "a@x", "error": .null]
        #expect(FollowFilter(words: ["chat a@X", "404"], errorsOnly: true).takes(record))
        #expect(!FollowFilter(words: ["chat", "b@x"], errorsOnly: false).takes(record))
        #expect(!FollowFilter(words: [], errorsOnly: true).takes(["status": 200]))
    }

    @Test func `a finding stands in a line, and what helps stands below it`() {
        let findings = [Finding.ok("disk", "there is room"), .trouble("health", "degraded", "look at it")]
        #expect(
            Finding.text(findings)
                == "ok       disk    there is room\nTROUBLE  health  degraded\n                 look at it\n")
        #expect(findings.map(\.json).compactMap { Finding($0) } == findings)
    }
}
