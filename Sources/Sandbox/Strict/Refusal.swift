import JSON

/// Google's refusal of a call, with the rule that was broken.
nonisolated struct Refusal: Error, Sendable, Equatable {
    /// Name of the rule, as `GET /sandbox/refusals` counts it.
    let rule: String
    let status: Int
    /// Canonical code word (google/rpc/code.proto).
    let word: String
    let message: String
    /// The offending member, in the spelling of Google's messages; empty if the whole call is meant.
    let field: String

    init(_ rule: String, _ message: String, field: String = "", status: Int = 400, word: String? = nil) {
        self.rule = rule
        self.status = status
        self.word = word ?? Self.word(of: status)
        self.message = message
        self.field = field
    }

    /// The error body (google.rpc.Status): message and details name the rule.
    var body: [UInt8] {
        var details: [JSONValue] = [
            [
                "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": .string(Self.reason(rule)),
                "domain": "sandbox.invalid", "metadata": ["rule": .string(rule)],
            ]
        ]
        if !field.isEmpty {
            details.append([
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [["field": .string(field), "description": .string(message)]],
            ])
        }
        let error: JSONValue = [
            "error": [
                "code": .int(status), "message": .string("\(message) [\(rule)]"), "status": .string(word),
                "details": .array(details),
            ]
        ]
        return error.serialized
    }

    private static func reason(_ rule: String) -> String {
        "SANDBOX_" + rule.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }

    static func word(of status: Int) -> String {
        switch status {
        case 400, 417: "INVALID_ARGUMENT"
        case 401: "UNAUTHENTICATED"
        case 403: "PERMISSION_DENIED"
        case 404, 405: "NOT_FOUND"
        case 408, 504: "DEADLINE_EXCEEDED"
        case 413: "INVALID_ARGUMENT"
        case 429: "RESOURCE_EXHAUSTED"
        case 499: "CANCELLED"
        case 501: "UNIMPLEMENTED"
        case 503: "UNAVAILABLE"
        default: "INTERNAL"
        }
    }
}
