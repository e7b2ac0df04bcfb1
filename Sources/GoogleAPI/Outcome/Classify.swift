/// Says what an upstream result means. Pure: the same for workers and for the supervisor's own calls.
///
/// - Parameters:
///   - phase: what was being waited for.
///   - status: HTTP status; 0 when no answer came.
///   - retryAfterHeader: value of `Retry-After`, if there was one.
///   - body: the beginning of the body; bytes beyond 64 KiB are not looked at. JSON, JSON in an array or in SSE lines, cut
///     off, HTML or empty.
///   - now: Unix time in milliseconds, for delays given as a point in time.
///   - hiding: the account's own project id and e-mail address, never to appear in `message`.
///
/// An error object inside a 200 is judged by its own code, as if that had been the HTTP status.
public func classify(
    phase: CallPhase, status: Int, retryAfterHeader: String?, body: [UInt8], now: Int, hiding: [String] = []
) -> Classification {
    let error = UpstreamErrorBody(body)
    let delays = UpstreamDelays(error, retryAfterHeader: retryAfterHeader, nowUnixMilliseconds: now)
    let evidence = OutcomeEvidence(phase: phase, status: status, body: error, delays: delays)
    let outcome = OutcomeRules.outcome(evidence)
    let delay = delays.choice(for: outcome)
    let text = ClientText.redact(error.message, hiding: hiding)
    return Classification(
        outcome,
        retryAfterMilliseconds: delay?.milliseconds,
        resetAfterMilliseconds: outcome == .quota || outcome == .credits ? delay?.milliseconds : nil,
        reason: (error.reasons.first ?? error.oauthCode).map { ClientText.redact($0, hiding: hiding) },
        errorModel: error.metadata("model"),
        validationURL: outcome == .validation ? evidence.validationLink : nil,
        message: text.isEmpty ? outcome.plainMessage(status: evidence.status) : text,
        delaySource: delay?.source)
}

extension UpstreamDelays {
    /// The delay that counts for a class; nil where waiting means nothing.
    func choice(for outcome: OutcomeClass) -> Choice? {
        switch outcome {
        case .quota, .credits: longest
        case .rate, .capacity, .server, .overloaded, .refreshTransient: retryInfoFirst
        default: nil
        }
    }
}

extension OutcomeClass {
    /// For answers that carry no text of their own: empty bodies and pages of proxies.
    fileprivate func plainMessage(status: Int) -> String {
        switch self {
        case .success: ""
        case .network: "the upstream could not be reached"
        case .emptyStream: "the upstream ended its answer without content"
        case .brokenAfterCommit: "the upstream broke off its answer"
        default: "the upstream answered with status \(status)"
        }
    }
}
