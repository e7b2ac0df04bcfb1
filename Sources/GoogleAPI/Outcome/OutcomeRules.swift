/// The table of classification: the first rule that holds decides.
enum OutcomeRules {
    struct Rule {
        let outcome: OutcomeClass
        let holds: @Sendable (OutcomeEvidence) -> Bool

        init(_ outcome: OutcomeClass, _ holds: @escaping @Sendable (OutcomeEvidence) -> Bool) {
            self.outcome = outcome
            self.holds = holds
        }
    }

    static func outcome(_ evidence: OutcomeEvidence) -> OutcomeClass {
        table.first { $0.holds(evidence) }?.outcome ?? .server
    }

    /// A limit that lasts this long or longer is a used-up quota, whatever it is called.
    static let quotaDelayMinMilliseconds = 300_000

    static let table: [Rule] = [
        // Where it happened decides before what was said.
        Rule(.invalidGrant) { $0.phase == .token && $0.body.oauthCode == "invalid_grant" },
        Rule(.success) { $0.phase == .token && $0.isPlain200 },
        Rule(.badRequest) {
            $0.phase == .token && TokenRefusal.kind(status: $0.status, code: $0.body.oauthCode) != .transient
        },
        Rule(.refreshTransient) { $0.phase == .token },
        Rule(.brokenAfterCommit) { $0.phase == .committed },
        Rule(.network) { $0.phase == .connect },
        Rule(.emptyStream) { $0.phase == .stream && $0.isPlain200 },
        Rule(.success) { $0.isPlain200 },
        // The account.
        Rule(.validation) { $0.status == 403 && ($0.hasReason("VALIDATION_REQUIRED") || $0.validationLink != nil) },
        // A key that is none comes as 400, one that was found in public as 403. Neither is the request's fault.
        Rule(.invalidGrant) { [400, 401, 403].contains($0.status) && $0.namesBadKey },
        Rule(.projectInvalid) { [400, 403, 404].contains($0.status) && $0.namesBadProject },
        Rule(.forbidden) { $0.status == 403 },
        Rule(.auth) { $0.status == 401 },
        Rule(.location) {
            $0.status == 400 && $0.body.status == "FAILED_PRECONDITION" && $0.says("location is not supported")
        },
        // Of a project, and no fault of the request either.
        Rule(.forbidden) { $0.status == 400 && $0.body.status == "FAILED_PRECONDITION" && $0.says("billing") },
        // The request.
        Rule(.repairable) { $0.status == 400 && $0.isRepairable },
        Rule(.tooLong) { [400, 413].contains($0.status) && $0.namesTokenLimit },
        Rule(.modelNotFound) { $0.status == 404 },
        // Limits.
        Rule(.credits) { $0.status == 429 && $0.hasReason("INSUFFICIENT_G1_CREDITS_BALANCE") },
        Rule(.capacity) { [429, 503].contains($0.status) && $0.namesCapacity },
        Rule(.quota) { [429, 499, 503].contains($0.status) && $0.namesQuotaWindow },
        Rule(.quota) { $0.status == 429 && $0.saysQuotaWindow },
        Rule(.quota) { $0.status == 429 && ($0.shortDelay ?? 0) >= quotaDelayMinMilliseconds },
        Rule(.rate) { $0.status == 429 && ($0.namesShortLimit || $0.shortDelay != nil) },
        Rule(.bare429) { $0.status == 429 },
        // Google's side.
        Rule(.overloaded) { [503, 529].contains($0.status) },
        Rule(.server) { $0.status >= 500 || [408, 409, 499].contains($0.status) || $0.status < 400 },
        Rule(.badRequest) { _ in true },
    ]
}
