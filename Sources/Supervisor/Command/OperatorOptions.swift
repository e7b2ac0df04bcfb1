/// The words behind the command's name, taken apart.
nonisolated struct OperatorOptions: Equatable {
    let verb: String
    var isJSON = false
    var socket: String?
    var timeoutSeconds: Int?

    /// Why the words are not understood.
    struct Complaint: Error, Equatable { let text: String }

    init(_ words: [String]) throws(Complaint) {
        var verb: String?
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
            case _ where word.hasPrefix("-"): throw Complaint(text: "unknown option \(word)")
            case _ where verb == nil: verb = word
            default: throw Complaint(text: "unexpected word \(word)")
            }
        }
        guard let verb else { throw Complaint(text: "no verb") }
        guard let entry = OperatorVerb.all.first(where: { $0.name == verb }) else {
            throw Complaint(text: "unknown verb \(verb)")
        }
        guard !isJSON || entry.hasJSON else { throw Complaint(text: "\(verb) has no --json") }
        guard timeoutSeconds == nil || entry.timeoutSeconds != nil else {
            throw Complaint(text: "\(verb) has no --timeout")
        }
        self.verb = verb
    }

    var action: OperatorVerb.Action {
        OperatorVerb.all.first { $0.name == verb }?.action ?? .status
    }
}
