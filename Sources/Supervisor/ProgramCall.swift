/// What the words behind the program's name ask for.
nonisolated enum ProgramCall: Equatable {
    case serve
    case help
    case version
    case configurationReference
    /// The process that holds cloudflared; the supervisor starts it.
    case tunnelKeeper
    /// The operator's command, with its own words.
    case command([String])
    case unknown(String)

    /// The name under which the program is the operator's command.
    static let commandName = "antigravity-gateway"

    /// - Parameter name: as the program was called, with or without a folder.
    init(_ words: [String], name: String = "antigravity-supervisor") {
        if name.split(separator: "/").last.map(String.init) == Self.commandName {
            self = .command(words)
            return
        }
        switch words.first {
        case nil: self = .serve
        case "ctl": self = .command(Array(words.dropFirst()))
        case "--help", "-h", "help": self = .help
        case "--version", "version": self = .version
        case "--print-configuration-reference": self = .configurationReference
        case KeeperMain.argument: self = .tunnelKeeper
        case let word?: self = .unknown(word)
        }
    }
}
