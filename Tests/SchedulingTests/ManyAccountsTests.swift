import Testing

@testable import Scheduling

/// A large pool is not looked through for each request; nobody may be able to tell.
@Suite struct ManyAccountsTests {
    static let count = 60

    static func pool(change: (inout SchedulerSettings) -> Void = { _ in }) -> SchedulerHarness {
        ScenarioTests.pool(
            Array(repeating: "pro", count: count) + Array(repeating: "free", count: count), change: change)
    }

    @Test func `new conversations spread evenly over the best tier`() {
        var harness = Self.pool { $0.leasesPerAccountMax = 0 }
        var counts: [String: Int] = [:]
        for number in 0..<(Self.count * 50) {
            let lease = harness.lease("r\(number)", session: "s\(number)")
            counts[lease.account, default: 0] += 1
            harness.succeed(lease)
        }
        check(counts.count, Self.count, "accounts that served")
        // Of equals the one that rested longest serves: far narrower than chance alone.
        check(counts.values.allSatisfy { (30...70).contains($0) }, true, "\(counts.values.sorted())")
    }

    @Test(arguments: 0...4)
    func `the few that are free are found among many that are not`(free: Int) {
        var harness = Self.pool { $0.leasesPerAccountMax = 1 }
        for number in 0..<(Self.count - free) { _ = harness.lease("busy\(number)") }
        let accounts = (0..<free).map { harness.lease("r\($0)").account }
        check(accounts.allSatisfy { Int($0.dropFirst())! < Self.count }, true, "of the best tier: \(accounts)")
        check(Set(accounts).count, free, "different ones")
        check(Int(harness.lease("next").account.dropFirst())! >= Self.count, true, "then the next tier serves")
    }

    @Test func `of two drawn the less busy one serves`() {
        var harness = Self.pool { $0.leasesPerAccountMax = 0 }
        for number in 0..<(Self.count * 20) { _ = harness.lease("r\(number)", session: "s\(number)") }
        let counts = harness.scheduler.views(at: harness.now).prefix(Self.count).map(\.leaseCount)
        check(counts.reduce(0, +), Self.count * 20, "all in the best tier")
        // One drawn at random would leave a difference of about five times that.
        check(counts.max()! - counts.min()! <= 6, true, "\(counts)")
    }

    @Test func `accounts that failed a request are not drawn for it again`() {
        var harness = Self.pool()
        var lease = harness.lease("r")
        var seen = [lease.account]
        while let next = harness.fail(lease, .forbidden)?.lease {
            seen.append(next.account)
            lease = next
        }
        check(Set(seen).count, 9, "\(seen)")
    }

    @Test func `accounts keep their conversations and leases when the order changes`() {
        var harness = Self.pool()
        let facts = harness.scheduler.pool.accounts.map(\.facts)
        let homes = (0..<40).map { number in
            let lease = harness.lease("r\(number)", session: "s\(number)")
            if number % 2 == 0 { harness.succeed(lease) }
            return lease
        }
        harness.send(.accountsChanged(facts.reversed()))
        for (number, home) in homes.enumerated() where number % 2 == 1 { harness.succeed(home) }
        check(harness.scheduler.views(at: harness.now).allSatisfy { $0.leaseCount == 0 }, true, "slots")
        for (number, home) in homes.enumerated() {
            let lease = harness.lease("again\(number)", session: "s\(number)")
            check(lease.account, home.account, "s\(number)")
            harness.succeed(lease)
        }
        let gone = homes[0].account
        harness.send(.accountsChanged(facts.filter { $0.id != gone }))
        for (number, home) in homes.enumerated() where home.account != gone {
            let lease = harness.lease("last\(number)", session: "s\(number)")
            check(lease.account, home.account, "s\(number)")
            harness.succeed(lease)
        }
    }

    @Test func `a lease of an account that was away and is back still takes its slot`() {
        var harness = SchedulerHarness(accounts: 2) { $0.leasesPerAccountMax = 1 }
        let lease = harness.lease("r1")
        let facts = harness.scheduler.pool.accounts.map(\.facts)
        harness.send(.accountsChanged(facts.filter { $0.id != lease.account }))
        harness.send(.accountsChanged(facts.reversed()))
        check(harness.scheduler.liveLeaseCount(account: lease.account), 1, "slots taken")
        check(harness.lease("r2").account == lease.account, false, "the other one serves")
        harness.succeed(lease)
        check(harness.scheduler.liveLeaseCount(account: lease.account), 0, "slots free")
    }
}
