/// One verb of the operator's command. Help, manual page and shell completion are printed from this table.
nonisolated struct OperatorVerb: Sendable {
    enum Action: Sendable, Equatable {
        case status, health, doctor, reload, logs, metrics, backup, restore, version, wait, checkConfiguration
        case clients
    }

    /// What may stand behind a verb.
    enum Operand: Sendable, Equatable {
        case none
        /// Exactly one word of this name.
        case one(String)
        /// The name of a client.
        case client
        /// As many as one likes, none among them.
        case any(String)

        var countMax: Int {
            switch self {
            case .none: 0
            case .one, .client: 1
            case .any: .max
            }
        }
    }

    let name: String
    let action: Action
    var operand = Operand.none
    let options: Set<OperatorOption>
    let help: String

    /// - Parameter takes: beside `--socket`, which every verb takes.
    init(
        _ name: String, _ action: Action, operand: Operand = .none, takes: Set<OperatorOption> = [], help: String
    ) {
        self.name = name
        self.action = action
        self.operand = operand
        options = takes.union([.socket])
        self.help = help
    }

    /// As it is written: with what has to stand behind it.
    var usage: String {
        switch operand {
        case .none: name
        case .one(let operand): "\(name) \(operand)"
        case .client: "\(name) CLIENT"
        case .any(let operand): "\(name) [\(operand)...]"
        }
    }

    /// How long `wait` waits when nobody says.
    static let waitSeconds = 30
    /// How many records `logs` shows when nobody says.
    static let logCount = 50

    static let all = [
        OperatorVerb(
            "status", .status, takes: [.json],
            help: "Show the accounts with their state and limits, the requests that wait, and the workers."),
        OperatorVerb(
            "health", .health, takes: [.json],
            help: "Say whether all is well: exit status 0 if so, 1 if the gateway is degraded or stopping."),
        OperatorVerb(
            "doctor", .doctor, takes: [.json, .dataFolder],
            help:
                "Look for what is wrong and say what helps: in the running gateway, or in its settings and data folder while "
                + "none runs. Exit status 1 if something needs a person."),
        OperatorVerb(
            "logs", .logs, operand: .any("WORD"), takes: [.json, .limit, .errors, .follow],
            help:
                "Show the newest records of the traffic log, oldest first: those in which every word stands. With --json a "
                + "JSON object on each line."),
        OperatorVerb(
            "reload", .reload, takes: [.json],
            help:
                "Read files that hold secrets again and replace the workers one by one; no request fails. Exit status 1 "
                + "and nothing changed if a file cannot be read or the first new worker does not get ready."),
        OperatorVerb(
            "wait", .wait, takes: [.timeout],
            help:
                "Wait until a worker is ready and all is well, \(waitSeconds) seconds at most if --timeout does not say."
        ),
        OperatorVerb(
            "backup", .backup, operand: .one("FILE"), takes: [.dataFolder],
            help:
                "Write a copy of the state (accounts with their secrets, configuration, device profiles) into a new file for "
                + "its owner alone; `-` is standard output. The gateway may run."),
        OperatorVerb(
            "restore", .restore, operand: .one("FILE"), takes: [.dataFolder],
            help:
                "Check a copy and put it in the place of the state, which becomes the newest copy in the data folder. "
                + "The gateway must not run."),
        OperatorVerb(
            "check-config", .checkConfiguration, takes: [.json],
            help: "Check the settings in the environment, without a running gateway."),
        OperatorVerb(
            "cli-sync", .clients, operand: .client, takes: [.json, .restore, .status, .dryRun, .url, .keyFile],
            help:
                "Point CLIENT (claude, codex or gemini) at the gateway by changing its files in your own home folder; what "
                + "was there before is kept beside them. Address and key come from the running gateway, or from the options."
        ),
        OperatorVerb("metrics", .metrics, help: "Print the metrics in the Prometheus text format."),
        OperatorVerb(
            "version", .version, takes: [.json], help: "Print the version of the command and of the gateway."),
    ]

    static func named(_ name: String?) -> OperatorVerb? { all.first { $0.name == name } }

    static let exitStatuses: [(code: Int32, meaning: String)] = [
        (ExitCode.done, "yes, or done"), (ExitCode.failed, "no, failed, or degraded"),
        (ExitCode.usage, "wrong usage"), (ExitCode.notPermitted, "not permitted"),
        (ExitCode.notRunning, "the gateway does not run"), (ExitCode.busy, "busy; try again"),
        (ExitCode.configuration, "a setting is wrong"),
    ]
}
