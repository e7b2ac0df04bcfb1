/// An option of the operator's command; verbs name those they take.
nonisolated enum OperatorOption: String, CaseIterable, Sendable {
    case json = "--json"
    case socket = "--socket"
    case dataFolder = "--data-dir"
    case timeout = "--timeout"
    case limit = "--limit"
    case errors = "--errors"
    case follow = "--follow"
    case restore = "--restore"
    case status = "--status"
    case dryRun = "--dry-run"
    case url = "--url"
    case keyFile = "--key-file"

    /// What its value is called; nil: it takes none.
    var valueName: String? {
        switch self {
        case .json, .errors, .follow, .restore, .status, .dryRun: nil
        case .socket, .dataFolder, .keyFile: "PATH"
        case .url: "URL"
        case .timeout: "SECONDS"
        case .limit: "COUNT"
        }
    }

    /// As it is written, with its value.
    var spelling: String { valueName.map { "\(rawValue) \($0)" } ?? rawValue }

    /// What it wants to be given.
    var want: String {
        switch self {
        case .timeout: "a number of seconds"
        case .limit: "a number from \(Self.limits.lowerBound) to \(Self.limits.upperBound)"
        case .url: "an http or https address"
        default: "a path"
        }
    }

    static let limits = 1...1000

    var help: String {
        switch self {
        case .json: "Print JSON; for verbs that show something."
        case .socket: "The control socket of the gateway."
        case .dataFolder:
            "The data folder, for `backup`, `restore` and `doctor` while no gateway runs. Else the one of the settings, else "
                + "the installed one."
        case .timeout: "How long `wait` waits."
        case .limit: "How many records `logs` shows."
        case .errors: "Of `logs`: failed requests alone."
        case .follow: "Of `logs`: go on with what comes, until interrupted."
        case .restore: "Of `cli-sync`: bring back what was there before."
        case .status: "Of `cli-sync`: show where CLIENT points; exit status 0 if at the gateway."
        case .dryRun: "Of `cli-sync`: print the files with the key in them, and write nothing."
        case .url: "Of `cli-sync`: the gateway's address."
        case .keyFile:
            "Of `cli-sync`: a file with the gateway's key, `-` for standard input; else ANTIGRAVITY_API_KEY counts, then the "
                + "running gateway is asked."
        }
    }
}
