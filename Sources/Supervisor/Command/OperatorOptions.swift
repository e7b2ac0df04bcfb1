/// The words behind the command's name, taken apart.
nonisolated struct OperatorOptions: Equatable {
    let verb: String
    var isJSON = false
    var socket: String?
    var timeoutSeconds: Int?
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
        var verb: String?
        var clientOption: String?
        var rest = words[...]
        while let word = rest.popFirst() {
            switch word {
            case "--json": isJSON = true
            case "--socket":
                guard let path = rest.popFirst() else { throw Complaint(text: "--socket needs a path") }
                socket = path
            case "--timeout":
                guard let seconds = rest.popFirst().flatMap({ Int($0) }), (0...86_400).contains(seconds) else {
                    throw Complaint(text: "--timeout needs a number of seconds")
                }
                timeoutSeconds = seconds
            case "--restore", "--status", "--dry-run":
                guard clientStep == nil else { throw Complaint(text: "\(word) does not go with \(clientOption ?? "")") }
                (clientStep, clientOption) = (ClientStep(rawValue: word), word)
            case "--url":
                guard let address = rest.popFirst().flatMap({ CLIAddress($0) }) else {
                    throw Complaint(text: "--url needs an http or https address")
                }
                (url, clientOption) = (address, word)
            case "--key-file":
                guard let path = rest.popFirst() else { throw Complaint(text: "--key-file needs a path") }
                (keyFile, clientOption) = (path, word)
            case _ where word.hasPrefix("-"): throw Complaint(text: "unknown option \(word)")
            case _ where verb == nil: verb = word
            case _ where client == nil && OperatorVerb.named(verb)?.takesClient == true:
                guard let app = CLIApp(spelling: word) else { throw Complaint(text: "unknown client \(word)") }
                client = app
            default: throw Complaint(text: "unexpected word \(word)")
            }
        }
        guard let verb else { throw Complaint(text: "no verb") }
        guard let entry = OperatorVerb.named(verb) else {
            throw Complaint(text: "unknown verb \(verb)")
        }
        guard !isJSON || entry.hasJSON else { throw Complaint(text: "\(verb) has no --json") }
        guard timeoutSeconds == nil || entry.timeoutSeconds != nil else {
            throw Complaint(text: "\(verb) has no --timeout")
        }
        guard !entry.takesClient || client != nil else { throw Complaint(text: "\(verb) needs the name of a client") }
        if let clientOption, !entry.takesClient { throw Complaint(text: "\(verb) has no \(clientOption)") }
        self.verb = verb
    }

    var action: OperatorVerb.Action {
        OperatorVerb.named(verb)?.action ?? .status
    }
}
