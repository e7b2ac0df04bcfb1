import Scheduling
import Testing

/// Accounts with an API key, alone and beside Code Assist's.
@Suite struct KeyAccountTests {
    private static func harness(
        _ kinds: [AccountKind], change: (inout SchedulerSettings) -> Void = { _ in }
    ) -> SchedulerHarness {
        var harness = SchedulerHarness(accounts: 0, change: change)
        harness.send(.accountsChanged(kinds.enumerated().map { SchedulerHarness.account($0, kind: $1) }))
        return harness
    }

    @Test func `each kind gets what it alone can do`() {
        var harness = Self.harness([.codeAssist, .geminiKey])
        for request in 0..<4 {
            check(harness.lease("e\(request)", operation: .embed).account, "a1", "embeddings")
            check(harness.lease("c\(request)", model: "claude-sonnet-4-5").account, "a0", "Claude")
        }
    }

    @Test func `a request moves from one kind to the other`() {
        for kinds in [[AccountKind.codeAssist, .geminiKey], [.geminiKey, .codeAssist]] {
            var harness = Self.harness(kinds)
            check(harness.fail(harness.lease("r"), .quota)?.summary, "other a1", "\(kinds)")
        }
    }

    @Test func `a key has no second credential, project or address to be tried with`() {
        for attemptClass in [AttemptClass.auth, .projectInvalid] {
            var harness = Self.harness([.geminiKey, .codeAssist])
            check(harness.fail(harness.lease("r"), attemptClass)?.summary, "other a1", "\(attemptClass)")
        }
        for attemptClass in [AttemptClass.overloaded, .server, .capacity] {
            var harness = Self.harness([.geminiKey, .codeAssist]) { $0.endpointCount = 3 }
            check(harness.fail(harness.lease("r"), attemptClass)?.summary, "other a1", "\(attemptClass)")
        }
    }

    @Test func `an address of the public API that is out of reach changes nothing for Code Assist`() {
        var harness = Self.harness([.geminiKey, .codeAssist]) { $0.endpointCount = 3 }
        let lease = harness.lease("r")
        check(lease.endpoint, Lease.publicEndpoint, "address")
        _ = harness.fail(lease, .network)
        check(harness.lease("s", model: "claude-sonnet-4-5").endpoint, 0, "the first base")
    }

    @Test func `a dead key leaves the pool at once, and is asked about once more`() {
        var harness = Self.harness([.geminiKey, .codeAssist])
        check(harness.fail(harness.lease("r"), .invalidGrant)?.summary, "other a1", "verdict")
        for request in 0..<3 { check(harness.lease("s\(request)").account, "a1", "the others") }
        let effects = harness.live(milliseconds: 61_000)
        check(effects.contains(.confirmCredentials(account: "a0")), true, "asked")
        harness.send(.probed(account: "a0", .success, isPermanent: false))
        check((0..<2).map { harness.lease("t\($0)").account }.contains("a0"), true, "back")
    }
}
