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
    ])
    func `words that are not understood are named`(words: [String], complaint: String) {
        #expect(throws: OperatorOptions.Complaint(text: complaint)) { try OperatorOptions(words) }
    }

    @Test func `options stand before and behind the verb`() throws {
        let options = try OperatorOptions(["--socket", "/run/x", "wait", "--timeout", "5"])
        #expect([options.verb, options.socket] == ["wait", "/run/x"] && options.timeoutSeconds == 5)
        #expect(try OperatorOptions(["status", "--json"]).isJSON)
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
}
