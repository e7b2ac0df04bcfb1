/// The words behind the command's name, taken apart.
nonisolated struct OperatorOptions: Equatable {
    private(set) var verb = ""
    /// The words behind the verb.
    var operands: [String] = []
    var isJSON = false
    var socket: String?
    var dataFolder: String?
    var timeoutSeconds: Int?
    var limit: Int?
    var errorsOnly = false
    var isFollowing = false
    var client: CLIApp?
    var clientStep: ClientStep?
    var url: CLIAddress?
    /// `-`: standard input.
    var keyFile: String?

    /// What is to be done with a client; nil: sync.
    enum ClientStep: String, Sendable {
        case restore = "--restore"
        case status = "--status"
        case dryRun = "--dry-run"
    }

    /// Why the words are not understood.
    struct Complaint: Error, Equatable { let text: String }

    init(_ words: [String]) throws(Complaint) {
        var plain: [String] = []
        var given: [OperatorOption] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            // A hyphen alone stands for standard output or input.
            guard word.hasPrefix("-"), word != "-" else {
                plain.append(word)
                continue
            }
            guard let option = OperatorOption(rawValue: word) else { throw Complaint(text: "unknown option \(word)") }
            given.append(option)
            guard option.valueName == nil else {
                guard let value = rest.popFirst(), set(option, to: value) else {
                    throw Complaint(text: "\(word) needs \(option.want)")
                }
                continue
            }
            if let step = clientStep, ClientStep(rawValue: word) != nil {
                throw Complaint(text: "\(word) does not go with \(step.rawValue)")
            }
            set(option)
        }
        try take(plain, given)
    }

    /// The verb, and whether it takes what was given with it.
    private mutating func take(_ plain: [String], _ given: [OperatorOption]) throws(Complaint) {
        guard let verb = plain.first else { throw Complaint(text: "no verb") }
        guard let entry = OperatorVerb.named(verb) else { throw Complaint(text: "unknown verb \(verb)") }
        if let option = given.first(where: { !entry.options.contains($0) }) {
            throw Complaint(text: "\(verb) has no \(option.rawValue)")
        }
        operands = Array(plain.dropFirst())
        if let excess = operands.dropFirst(entry.operand.countMax).first {
            throw Complaint(text: "unexpected word \(excess)")
        }
        switch entry.operand {
        case .one(let name) where operands.isEmpty: throw Complaint(text: "\(verb) needs \(name)")
        case .client:
            guard let word = operands.first else { throw Complaint(text: "\(verb) needs the name of a client") }
            guard let app = CLIApp(spelling: word) else { throw Complaint(text: "unknown client \(word)") }
            client = app
        default: break
        }
        self.verb = verb
    }

    private mutating func set(_ option: OperatorOption) {
        switch option {
        case .json: isJSON = true
        case .errors: errorsOnly = true
        case .follow: isFollowing = true
        case .restore, .status, .dryRun: clientStep = ClientStep(rawValue: option.rawValue)
        case .socket, .dataFolder, .timeout, .limit, .url, .keyFile: break
        }
    }

    /// - Returns: false if the value is none for this option.
    private mutating func set(_ option: OperatorOption, to value: String) -> Bool {
        switch option {
        case .socket: socket = value
        case .dataFolder: dataFolder = value
        case .keyFile: keyFile = value
        case .url:
            url = CLIAddress(value)
            return url != nil
        case .timeout:
            timeoutSeconds = Int(value).flatMap { (0...86_400).contains($0) ? $0 : nil }
            return timeoutSeconds != nil
        case .limit:
            limit = Int(value).flatMap { OperatorOption.limits.contains($0) ? $0 : nil }
            return limit != nil
        case .json, .errors, .follow, .restore, .status, .dryRun: break
        }
        return true
    }

    var action: OperatorVerb.Action {
        OperatorVerb.named(verb)?.action ?? .status
    }
}
