import Scheduling
import Testing

/// What follows a failed attempt, class by class.
@Suite struct RetryTableTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let attemptClass: AttemptClass
        /// Verdicts on failure after failure of this class, with two accounts.
        let verdicts: [String]
        var delayMax = 0
        var stated: Int?
        var endpoints = 1
        var accounts = 2
        var testDescription: String { "\(attemptClass) \(stated ?? 0) e\(endpoints) a\(accounts)" }
    }

    static let rows: [Row] = [
        Row(attemptClass: .invalidGrant, verdicts: ["other a1", "end accountsUnusable"]),
        Row(attemptClass: .forbidden, verdicts: ["other a1", "end accountsUnusable"]),
        Row(attemptClass: .validation, verdicts: ["other a1", "end accountsUnusable"]),
        Row(attemptClass: .credits, verdicts: ["other a1", "end quotaExhausted"]),
        Row(attemptClass: .quota, verdicts: ["other a1", "end quotaExhausted"], stated: 9_442_000),
        Row(attemptClass: .auth, verdicts: ["same a0", "other a1", "same a1", "end accountsUnusable"]),
        Row(attemptClass: .projectInvalid, verdicts: ["same a0", "other a1", "same a1", "end accountsUnusable"]),
        Row(attemptClass: .rate, verdicts: ["other a1", "end rateLimited"], delayMax: 50, stated: 4_000),
        Row(attemptClass: .rate, verdicts: ["other a1", "same a1", "end rateLimited"], delayMax: 1_300, stated: 1_200),
        Row(
            attemptClass: .rate, verdicts: ["same a0", "end rateLimited"], delayMax: 1_300, stated: 1_200, accounts: 1),
        Row(attemptClass: .bareRefusal, verdicts: ["other a1", "end requestRejected"], delayMax: 50),
        Row(
            attemptClass: .bareRefusal, verdicts: ["other a1", "other a2", "end requestRejected"], delayMax: 50,
            accounts: 7),
        Row(attemptClass: .capacity, verdicts: ["other a1", "end overloaded"], delayMax: 1_000, accounts: 5),
        Row(
            attemptClass: .capacity, verdicts: ["endpoint 1", "endpoint 2", "end overloaded"], delayMax: 2_000,
            endpoints: 3),
        Row(attemptClass: .server, verdicts: ["other a1", "other a2", "end serverError"], delayMax: 500, accounts: 5),
        Row(
            attemptClass: .overloaded, verdicts: ["endpoint 1", "other a1", "end overloaded"], delayMax: 500,
            endpoints: 2),
        Row(attemptClass: .network, verdicts: ["same a0", "other a1", "end unreachable"], delayMax: 200),
        Row(
            attemptClass: .network, verdicts: ["endpoint 1", "same a0", "end unreachable"], delayMax: 200, endpoints: 2),
        Row(attemptClass: .emptyStream, verdicts: ["other a1", "same a1", "end unreachable"]),
        Row(attemptClass: .emptyStream, verdicts: ["same a0", "end unreachable"], accounts: 1),
        Row(attemptClass: .stall, verdicts: ["other a1", "end timeout"]),
        Row(attemptClass: .modelNotFound, verdicts: ["other a1", "end modelNotFound"]),
        Row(attemptClass: .repairable, verdicts: ["same a0", "end badRequest"]),
        Row(attemptClass: .location, verdicts: ["end locationBlocked"]),
        Row(attemptClass: .tooLong, verdicts: ["end tooLong"]),
        Row(attemptClass: .badRequest, verdicts: ["end badRequest"]),
        Row(attemptClass: .notice, verdicts: ["end notice"]),
        Row(attemptClass: .brokenAfterCommit, verdicts: ["end unreachable"]),
        Row(attemptClass: .clientGone, verdicts: ["end timeout"]),
        Row(attemptClass: .deadline, verdicts: ["end timeout"]),
    ]

    @Test(arguments: rows)
    func `each class of failure leads along its row of the table`(row: Row) {
        var harness = SchedulerHarness(accounts: row.accounts) { $0.endpointCount = row.endpoints }
        var lease = harness.lease("r")
        for (step, expected) in row.verdicts.enumerated() {
            let action = harness.fail(lease, row.attemptClass, delay: row.stated)
            check(action?.summary, expected, "step \(step)")
            check((0...row.delayMax).contains(action?.delay ?? -1), true, "delay \(action?.delay ?? -1)")
            guard let next = action?.lease else { break }
            check(next.attempt, lease.attempt + 1, "attempt number")
            lease = next
        }
        check(harness.scheduler.liveLeaseCount, 0, "leases left")
    }

    @Test func `a refused token is refreshed and a refused project found anew before the same account is asked again`()
    {
        for attemptClass in [AttemptClass.auth, .projectInvalid] {
            var harness = SchedulerHarness()
            let lease = harness.lease("r")
            let next = harness.fail(lease, attemptClass)?.lease
            let demand = attemptClass == .auth ? CredentialDemand.refreshedAfter(lease: lease.id) : .newProject
            check(next?.credential, demand, "\(attemptClass)")
        }
    }

    @Test func `an account that is certainly unusable is left at most eight times`() {
        var harness = SchedulerHarness(accounts: 10)
        var lease = harness.lease("r")
        var seen = [lease.account]
        while let next = harness.fail(lease, .forbidden)?.lease {
            seen.append(next.account)
            lease = next
        }
        check(seen, (0..<9).map { "a\($0)" }, "accounts asked")
    }

    @Test func `counters do not eat each other`() {
        var harness = SchedulerHarness(accounts: 6)
        var lease = harness.lease("r")
        for attemptClass in [AttemptClass.forbidden, .server, .quota, .server, .validation] {
            guard let next = harness.fail(lease, attemptClass)?.lease else {
                Issue.record("ended at \(attemptClass)")
                return
            }
            lease = next
        }
        check(harness.fail(lease, .server)?.summary, "end quotaExhausted", "third retry, most informative failure")
    }

    @Test func `a body is repaired once in a request, whichever accounts serve it`() {
        var harness = SchedulerHarness()
        let first = harness.lease("r")
        guard let repaired = harness.fail(first, .repairable)?.lease,
            let elsewhere = harness.fail(repaired, .server)?.lease
        else {
            Issue.record("no repeat")
            return
        }
        check(elsewhere.account, "a1", "account")
        check(harness.fail(elsewhere, .repairable)?.summary, "end badRequest", "second repair")
    }

    @Test(arguments: [LeaseOperation.image, .countTokens])
    func `costly and pointless repeats have one retry`(operation: LeaseOperation) {
        var harness = SchedulerHarness(accounts: 6)
        let lease = harness.lease("r", operation: operation)
        guard let next = harness.fail(lease, .server)?.lease else {
            Issue.record("no first retry")
            return
        }
        check(harness.fail(next, .server)?.summary, "end serverError", "second retry")
    }

    @Test func `nothing is tried again once the client has content`() {
        var harness = SchedulerHarness()
        let first = harness.lease("r")
        check(harness.fail(first, .server, committed: true)?.summary, "end serverError", "said in the report")
        let second = harness.lease("s")
        harness.send(.committed(lease: second.id))
        check(harness.fail(second, .server)?.summary, "end serverError", "said before")
    }

    @Test func `a delay beyond the schedule budget is not begun and the client hears the true wait`() {
        var harness = SchedulerHarness(accounts: 1)
        let lease = harness.lease("r", scheduleLeft: 2_000)
        let action = harness.fail(lease, .rate, delay: 2_500)
        check(action, .end(FinalVerdict(.rateLimited, retryAfterMilliseconds: 2_500)), "verdict")
    }

    @Test func `the retries of all requests together are bounded by the budget`() {
        var harness = SchedulerHarness(accounts: 10)
        var attempts = 0
        for request in 0..<1_000 {
            var lease = harness.lease("r\(request)")
            attempts += 1
            while let next = harness.fail(lease, .server)?.lease {
                attempts += 1
                lease = next
            }
        }
        check(attempts <= 1_210, true, "\(attempts) attempts")
        check(attempts > 1_150, true, "the budget is used: \(attempts)")
    }
}

/// Compares without the cost of a macro per line.
func check<T: Equatable>(
    _ actual: T, _ expected: T, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    if actual != expected {
        Issue.record("\(what): \(actual), not \(expected)", sourceLocation: sourceLocation)
    }
}
