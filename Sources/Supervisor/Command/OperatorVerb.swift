/// One verb of the operator's command. Help, manual page and shell completion are printed from this table.
nonisolated struct OperatorVerb: Sendable {
    enum Action: Sendable, Equatable {
        case status, health, reload, metrics, version, wait, checkConfiguration, clients
    }

    let name: String
    let action: Action
    /// Takes `--json`.
    var hasJSON = false
    /// Takes `--timeout SECONDS`, with this default.
    var timeoutSeconds: Int?
    /// Takes the name of a client, and the options that belong to it.
    var takesClient = false
    let help: String

    /// As it is written: with what has to stand behind it.
    var usage: String { takesClient ? "\(name) CLIENT" : name }

    static let all = [
        OperatorVerb(
            name: "status", action: .status, hasJSON: true,
            help: "Show the accounts with their state and limits, the requests that wait, and the workers."),
        OperatorVerb(
            name: "health", action: .health, hasJSON: true,
            help: "Say whether all is well: exit status 0 if so, 1 if the gateway is degraded or stopping."),
        OperatorVerb(
            name: "reload", action: .reload, hasJSON: true,
            help:
                "Read files that hold secrets again and replace the workers one by one; no request fails. Exit status 1 "
                + "and nothing changed if a file cannot be read or the first new worker does not get ready."),
        OperatorVerb(
            name: "wait", action: .wait, timeoutSeconds: 30,
            help: "Wait until a worker is ready and all is well, so many seconds at most."),
        OperatorVerb(
            name: "check-config", action: .checkConfiguration, hasJSON: true,
            help: "Check the settings in the environment, without a running gateway."),
        OperatorVerb(
            name: "cli-sync", action: .clients, hasJSON: true, takesClient: true,
            help:
                "Point CLIENT (claude, codex or gemini) at the gateway by changing its files in your own home folder; what "
                + "was there before is kept beside them. Address and key come from the running gateway, or from the options."
        ),
        OperatorVerb(name: "metrics", action: .metrics, help: "Print the metrics in the Prometheus text format."),
        OperatorVerb(
            name: "version", action: .version, hasJSON: true,
            help: "Print the version of the command and of the gateway."),
    ]

    static func named(_ name: String?) -> OperatorVerb? { all.first { $0.name == name } }

    static let options: [(name: String, help: String)] = [
        ("--json", "Print JSON; for verbs that show something."),
        ("--socket PATH", "The control socket of the gateway."),
        ("--timeout SECONDS", "How long `wait` waits."),
        ("--restore", "`cli-sync`: bring back what was there before."),
        ("--status", "`cli-sync`: show where CLIENT points; exit status 0 if at the gateway."),
        ("--dry-run", "`cli-sync`: print the files with the key in them, and write nothing."),
        ("--url URL", "`cli-sync`: the gateway's address."),
        (
            "--key-file PATH",
            "`cli-sync`: a file with the gateway's key, `-` for standard input; else ANTIGRAVITY_API_KEY counts, then the "
                + "running gateway is asked."
        ),
    ]

    static let exitStatuses: [(code: Int32, meaning: String)] = [
        (ExitCode.done, "yes, or done"), (ExitCode.failed, "no, failed, or degraded"),
        (ExitCode.usage, "wrong usage"), (ExitCode.notPermitted, "not permitted"),
        (ExitCode.notRunning, "the gateway does not run"), (ExitCode.busy, "busy; try again"),
        (ExitCode.configuration, "a setting is wrong"),
    ]
}
