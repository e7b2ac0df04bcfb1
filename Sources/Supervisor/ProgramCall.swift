/// What the words behind the program's name ask for.
nonisolated enum ProgramCall: Equatable {
    case serve
    case help
    case version
    case configurationReference
    case unknown(String)

    init(_ words: [String]) {
        switch words.first {
        case nil: self = .serve
        case "--help", "-h", "help": self = .help
        case "--version", "version": self = .version
        case "--print-configuration-reference": self = .configurationReference
        case let word?: self = .unknown(word)
        }
    }
}
