import Scheduling
import Testing

/// Who gets a lease, who is denied, and how leases end.
@Suite struct LeaseTests {
    @Test func `accounts take turns exactly`() {
        var harness = SchedulerHarness(accounts: 3)
        let accounts = (0..<9).map { request in
            let lease = harness.lease("r\(request)")
            harness.succeed(lease)
            return lease.account
        }
        check(accounts, ["a0", "a1", "a2", "a0", "a1", "a2", "a0", "a1", "a2"], "turns")
    }

    @Test func `a change of the list keeps the turn`() {
        var harness = SchedulerHarness(accounts: 3)
        _ = harness.lease("r1")
        harness.send(.accountsChanged([2, 0, 1, 3].map { SchedulerHarness.account($0) }))
        check(harness.lease("r2").account, "a1", "next")
    }

    struct Denial: Sendable, CustomTestStringConvertible {
        let reason: FinalReason
        var accounts: [AccountFacts] = [SchedulerHarness.account(0)]
        var operation = LeaseOperation.generate
        var model: String?
        var pinned: String?
        var totalLeft = 590_000
        var requestCountMax = 100
        var testDescription: String { "\(reason)" }
    }

    static let denials: [Denial] = [
        Denial(reason: .noAccounts, accounts: []),
        Denial(reason: .accountsUnusable, accounts: [SchedulerHarness.account(0, disabled: true)]),
        Denial(
            reason: .accountsUnusable,
            accounts: [AccountFacts(id: "a", kind: .codeAssist, isDisabled: false, isProxyDisabled: true)]),
        Denial(reason: .operationUnsupported, operation: .embed),
        Denial(reason: .operationUnsupported, accounts: [], operation: .embed),
        Denial(
            reason: .modelNotFound, accounts: [SchedulerHarness.account(0, kind: .geminiKey)],
            model: "claude-sonnet-4-5"),
        Denial(
            reason: .modelNotFound, accounts: [SchedulerHarness.account(0, kind: .geminiKey)],
            model: "gpt-oss-120b-medium"),
        Denial(reason: .accountsUnusable, pinned: "other"),
        Denial(reason: .timeout, totalLeft: 0),
        Denial(reason: .busy, requestCountMax: 0),
    ]

    @Test(arguments: denials)
    func `a request that nobody can serve is denied at once with its reason`(row: Denial) {
        var harness = SchedulerHarness(accounts: 0) { $0.requestCountMax = row.requestCountMax }
        harness.send(.accountsChanged(row.accounts))
        let effects = harness.ask(
            "r", operation: row.operation, model: row.model ?? "m", pinned: row.pinned, totalLeft: row.totalLeft)
        check(effects.count, 1, "effects")
        check(effects.denial?.reason, row.reason, "reason")
        check(harness.scheduler.liveLeaseCount, 0, "leases")
    }

    @Test func `the same attempt asked twice gets the same lease`() {
        var harness = SchedulerHarness()
        let lease = harness.lease("r")
        check(harness.ask("r"), [.grant(lease)], "again")
        check(harness.scheduler.liveLeaseCount, 1, "leases")
        guard let next = harness.fail(lease, .forbidden)?.lease else {
            Issue.record("no move")
            return
        }
        check(harness.ask("r", attempt: 2), [.grant(next)], "the attempt a verdict began")
        check(harness.ask("r", attempt: 1), [], "an attempt that is over")
    }

    @Test func `a report said twice gets the same answer and changes nothing`() {
        var harness = SchedulerHarness(accounts: 4)
        let lease = harness.lease("r")
        let first = harness.send(harness.report(lease, .forbidden, wantsNext: true))
        let before = harness.scheduler
        let second = harness.send(harness.report(lease, .forbidden, wantsNext: true))
        check(second.verdict, first.verdict, "second answer")
        check(second.count, 1, "nothing else")
        check(harness.scheduler, before, "state")
    }

    @Test func `a report on an unknown lease ends the attempt and changes nothing`() {
        var harness = SchedulerHarness()
        let lease = harness.lease("r")
        harness.succeed(lease)
        let before = harness.scheduler
        check(harness.fail(lease, .server), .end(nil), "verdict")
        check(harness.send(harness.report(lease, .server, wantsNext: false)), [], "final report")
        check(harness.scheduler, before, "state")
    }

    @Test func `leases end with their worker, their silence, their request's cancelling and their success`() {
        var harness = SchedulerHarness(accounts: 5)
        let leases = (1...4).map { worker -> Lease in
            guard case .grant(let lease)? = harness.ask("r\(worker)", worker: worker).first else {
                preconditionFailure()
            }
            return lease
        }
        harness.send(.workerGone(1))
        harness.send(.cancelled(requestID: "r2"))
        harness.succeed(leases[2])
        check(leases.map { harness.scheduler.isLive(lease: $0.id) }, [false, false, false, true], "live")
        harness.pass(milliseconds: 80_000)
        harness.send(.alive(leases: [leases[3].id]))
        harness.pass(milliseconds: 80_000)
        harness.send(.timePassed)
        check(harness.scheduler.liveLeaseCount, 1, "named 80 s ago")
        harness.pass(milliseconds: 11_000)
        harness.send(.timePassed)
        check(harness.scheduler.liveLeaseCount, 0, "silent for 91 s")
        check(harness.scheduler.lostLeaseCount, 2, "lost: with their worker, and silent")
    }

    /// A departed client, a body that is refused, a dead worker: however often, they are no strikes of the account.
    @Test(arguments: AttemptClass.allCases.filter(\.isLocal))
    func `what says nothing about an account changes nothing of it`(attemptClass: AttemptClass) {
        var harness = SchedulerHarness(accounts: 2)
        let first = harness.lease("first")
        _ = harness.fail(first, .forbidden)
        harness.send(.cancelled(requestID: "first"))
        harness.send(.reactivated(account: first.account))
        for number in 0..<2 { harness.succeed(harness.lease("good \(number)")) }
        let before = harness.scheduler.views(at: harness.now)
        let revision = harness.scheduler.durableRevision
        for number in 0..<10 {
            // Without capacity nobody is asked for the model again.
            let model = attemptClass == .capacity ? "m\(number)" : "m"
            guard case .grant(let lease)? = harness.ask("r\(number)", model: model).first else { break }
            harness.send(harness.report(lease, attemptClass, committed: number % 4 < 2, wantsNext: false))
        }
        check(harness.scheduler.views(at: harness.now), before, "the account")
        check(harness.scheduler.durableRevision, revision, "what is kept of it")
    }

    @Test func `leases of an account that leaves the pool are revoked, others are not`() {
        var harness = SchedulerHarness(accounts: 2)
        let first = harness.lease("r1")
        _ = harness.lease("r2")
        let effects = harness.send(
            .accountsChanged([SchedulerHarness.account(0, disabled: true), SchedulerHarness.account(1)]))
        check(effects, [.revoke(first)], "effects")
        check(harness.lease("r3").account, "a1", "next lease")
    }

    @Test func `an account without a credential is passed over, and the answer keeps the form of the question`() {
        var harness = SchedulerHarness(accounts: 3)
        let first = harness.lease("r")
        guard let second = harness.send(.credentialFailed(lease: first.id, attemptClass: .invalidGrant)).grant else {
            Issue.record("no second grant")
            return
        }
        check([second.account, "\(second.attempt)"], ["a1", "1"], "second")
        guard let third = harness.fail(second, .forbidden)?.lease else {
            Issue.record("no third")
            return
        }
        let effects = harness.send(.credentialFailed(lease: third.id, attemptClass: .refreshTransient))
        check(
            effects,
            [
                .verdict(
                    Verdict(
                        requestID: "r", lease: second.id, worker: 1, action: .end(FinalVerdict(.accountsUnusable))))
            ], "the end")
        check(harness.scheduler.liveLeaseCount, 0, "leases")
    }
}
