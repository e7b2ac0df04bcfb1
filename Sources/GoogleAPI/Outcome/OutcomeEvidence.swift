/// Everything the rules of classification look at, gathered once.
struct OutcomeEvidence {
    let phase: CallPhase
    /// The HTTP status, or the error's own code where the error came with a 200.
    let status: Int
    let body: UpstreamErrorBody
    let delays: UpstreamDelays
    /// Message and plain body in lower case, without links: a host such as `daily-cloudcode-pa...` is no word about quota.
    let text: String
    /// The answer was a 200 with no error in it.
    let isPlain200: Bool

    init(phase: CallPhase, status: Int, body: UpstreamErrorBody, delays: UpstreamDelays) {
        self.phase = phase
        self.body = body
        self.delays = delays
        let is200 = (200..<300).contains(status)
        isPlain200 = is200 && !body.isPresent
        self.status = is200 && body.isPresent ? body.code ?? Self.code(ofStatus: body.status) : status
        text = Self.withoutLinks((body.message + " " + body.plainText).lowercased())
    }

    func says(_ phrases: String...) -> Bool { phrases.contains { text.contains($0) } }
    func says(anyOf phrases: [String]) -> Bool { phrases.contains { text.contains($0) } }
    func hasReason(_ names: String...) -> Bool { body.reasons.contains { names.contains($0) } }
    func hasViolation(_ parts: String...) -> Bool {
        body.violations.contains { id in parts.contains { id.contains($0) } }
    }

    private static func withoutLinks(_ text: String) -> String {
        guard text.contains("http") || text.contains("googleapis.com") else { return text }
        return text.split(separator: " ").filter { !$0.contains("://") && !$0.contains("googleapis.com") }
            .joined(separator: " ")
    }

    /// HTTP status of a canonical code word (google/rpc/code.proto).
    private static func code(ofStatus word: String) -> Int {
        switch word {
        case "INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE": 400
        case "UNAUTHENTICATED": 401
        case "PERMISSION_DENIED": 403
        case "NOT_FOUND": 404
        case "ALREADY_EXISTS", "ABORTED": 409
        case "RESOURCE_EXHAUSTED": 429
        case "CANCELLED": 499
        case "UNIMPLEMENTED": 501
        case "UNAVAILABLE": 503
        case "DEADLINE_EXCEEDED": 504
        default: 500
        }
    }
}
