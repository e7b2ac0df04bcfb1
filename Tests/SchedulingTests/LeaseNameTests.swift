import Testing

@testable import Scheduling

/// The name of a lease leads to its request, and to no other.
@Suite struct LeaseNameTests {
    @Test(arguments: [0, 1, 31, 32, 1_023, 1_024, 16_383, 1 << 29])
    func `a name tells the number of its request`(request: Int) {
        var names = LeaseName(incarnation: "a1b2c3d4")
        for _ in 0..<40 { check(LeaseName.request(in: names.next(of: request)), request, "request") }
    }

    @Test func `no name is given twice`() {
        var names = LeaseName(incarnation: "a")
        let given = (0..<4_000).map { names.next(of: $0 % 70) }
        check(Set(given).count, given.count, "different names")
        check(given.allSatisfy { $0.hasPrefix("a-") }, true, "the incarnation stands first")
    }

    @Test(arguments: ["", "-", "--", "a", "a-1", "a--1", "a-w-1", "a-A-1", "a-1234567-1", "a-\u{e4}-1", "1-2-"])
    func `what is no name leads nowhere or to a request that denies it`(name: String) {
        var harness = SchedulerHarness()
        _ = harness.lease("r")
        check(harness.scheduler.isLive(lease: name), false, name)
        harness.send(.committed(lease: name))
        harness.send(.alive(leases: [name]))
        let report = AttemptReport(
            requestID: "r", lease: name, worker: 1, attemptClass: .forbidden, hasCommittedContent: false,
            wantsNext: true)
        check(harness.send(.outcome(report)).verdict?.action, .end(nil), name)
        check(harness.scheduler.liveLeaseCount, 1, "the lease that is out")
    }

    @Test func `a lease of the request that had the number before is unknown`() {
        var harness = SchedulerHarness(accounts: 1)
        let old = harness.lease("r1")
        harness.succeed(old)
        let new = harness.lease("r2")
        check(LeaseName.request(in: new.id), LeaseName.request(in: old.id), "the number is used again")
        check(harness.fail(old, .forbidden), .end(nil), "nobody knows the old lease")
        check(harness.scheduler.isLive(lease: new.id), true, "the new one is out")
        check(harness.scheduler.views(at: harness.now)[0].state, .active, "and nothing was learnt")
    }
}
