/// One thing that the service refuses.
nonisolated struct StrictRule: Sendable {
    /// Stable name: stands in the message, in the details and in `GET /sandbox/refusals`.
    let name: String
    /// What is demanded, in a sentence.
    let summary: String
    let methods: Set<UpstreamCall.Method>
    let find: @Sendable (UpstreamCall) -> Finding?

    /// Where a call breaks the rule, and Google's words for it.
    struct Finding {
        let field: String
        let message: String
        let status: Int
        let word: String?

        init(_ field: String, _ message: String, status: Int = 400, word: String? = nil) {
            self.field = field
            self.message = message
            self.status = status
            self.word = word
        }
    }

    init(
        _ name: String, _ summary: String, methods: Set<UpstreamCall.Method> = StrictRule.generation,
        _ find: @escaping @Sendable (UpstreamCall) -> Finding?
    ) {
        self.name = name
        self.summary = summary
        self.methods = methods
        self.find = find
    }

    static let generation: Set<UpstreamCall.Method> = [.generateContent, .streamGenerateContent]
    static let everything = Set(UpstreamCall.Method.allCases)
    static let counting: Set<UpstreamCall.Method> = [.countTokens]
}

/// All rules for bodies, in the order in which they are tried: the first that is broken makes the answer.
nonisolated enum StrictRules {
    static let table: [StrictRule] =
        envelope + contents + media + pairing + tools + schemas + sampling + thinking + images + signatures + claude

    static func refusal(of call: UpstreamCall) -> Refusal? {
        for rule in table where rule.methods.contains(call.method) {
            if let found = rule.find(call) {
                return Refusal(rule.name, found.message, field: found.field, status: found.status, word: found.word)
            }
        }
        return nil
    }
}
