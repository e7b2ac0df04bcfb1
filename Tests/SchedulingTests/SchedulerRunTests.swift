import Scheduling
import Testing

/// Long random lives of a scheduler: after every step its promises hold, and the same seed gives the same life.
@Suite struct SchedulerRunTests {
    @Test(arguments: 0..<20)
    func `no lease leaks, no request goes on forever, and the same seed gives the same effects`(seed: UInt64) {
        var first = RandomLife(seed: seed)
        var second = RandomLife(seed: seed)
        for step in 0..<1_500 {
            let effects = first.step()
            check(second.step(), effects, "step \(step)")
            if let fault = first.fault {
                Issue.record("step \(step): \(fault)")
                return
            }
        }
        first.endAll()
        check(first.harness.scheduler.liveLeaseCount, 0, "leases after the end")
    }
}

/// Random events, and what an observer outside the scheduler knows from its effects.
struct RandomLife {
    var harness: SchedulerHarness
    private var dice: SeededGenerator
    private var accounts: [AccountFacts] = []
    private var live: [String: Lease] = [:]
    private var attempts: [String: [Lease]] = [:]
    private var committed: Set<String> = []
    private var requestCount = 0
    private(set) var fault: String?

    init(seed: UInt64) {
        harness = SchedulerHarness(accounts: 0) { $0.endpointCount = 1 + Int(seed % 3) }
        harness.random = SeededGenerator(seed: seed &+ 1)
        dice = SeededGenerator(seed: seed)
        changeAccounts()
    }

    mutating func step() -> [SchedulerEffect] {
        harness.pass(milliseconds: Int.random(in: 0...400, using: &dice))
        let lease = live.values.sorted { $0.id < $1.id }.randomElement(using: &dice)
        let effects: [SchedulerEffect]
        switch (Int.random(in: 0..<100, using: &dice), lease) {
        case (0..<35, _):
            requestCount += 1
            effects = harness.ask("r\(requestCount)", worker: Int.random(in: 1...3, using: &dice))
        case (35..<85, let lease?):
            let attemptClass = AttemptClass.allCases.randomElement(using: &dice)!
            let wantsNext = Int.random(in: 0..<4, using: &dice) > 0
            if !wantsNext { forget(lease.requestID) }
            effects = harness.send(harness.report(lease, attemptClass, delay: 1_000, wantsNext: wantsNext))
        case (85..<89, let lease?):
            committed.insert(lease.requestID)
            effects = harness.send(.committed(lease: lease.id))
        case (89..<93, let lease?):
            effects = harness.send(.credentialFailed(lease: lease.id, attemptClass: .refreshTransient))
        case (93..<95, let lease?):
            forget(lease.requestID)
            effects = harness.send(.cancelled(requestID: lease.requestID))
        case (95, _):
            let worker = Int.random(in: 1...3, using: &dice)
            for lease in live.values where lease.worker == worker { forget(lease.requestID) }
            effects = harness.send(.workerGone(worker))
        case (96..<98, _): effects = changeAccounts()
        default: effects = harness.send(.alive(leases: live.values.map(\.id)))
        }
        observe(effects)
        return effects
    }

    mutating func endAll() {
        for lease in live.values { harness.succeed(lease) }
        live = [:]
    }

    @discardableResult private mutating func changeAccounts() -> [SchedulerEffect] {
        accounts = (0..<Int.random(in: 0...12, using: &dice)).map { index in
            AccountFacts(
                id: "a\(index)", kind: .codeAssist, isDisabled: Int.random(in: 0..<5, using: &dice) == 0,
                isProxyDisabled: Int.random(in: 0..<8, using: &dice) == 0)
        }
        return harness.send(.accountsChanged(accounts))
    }

    private mutating func observe(_ effects: [SchedulerEffect]) {
        for effect in effects {
            switch effect {
            case .grant(let lease): begin(lease)
            case .deny(let requestID, _, _): forget(requestID)
            case .verdict(let verdict):
                if let lease = verdict.action.lease { begin(lease) } else { forget(verdict.requestID) }
            case .revoke: break
            }
        }
        if harness.scheduler.liveLeaseCount != live.count {
            fault = "\(harness.scheduler.liveLeaseCount) leases inside, \(live.count) outside"
        }
    }

    private mutating func begin(_ lease: Lease) {
        if let old = attempts[lease.requestID]?.last, old == lease { return }
        if committed.contains(lease.requestID) { fault = "a lease after content" }
        if accounts.first(where: { $0.id == lease.account })?.isPooled != true {
            fault = "a lease on an unpooled account"
        }
        attempts[lease.requestID, default: []].append(lease)
        live[lease.requestID] = lease
        let all = attempts[lease.requestID] ?? []
        // Nine accounts, each with one repeat for every class that allows one, and three base addresses.
        if all.count > 9 + 8 + 2 + 1 { fault = "\(all.count) attempts" }
        if all.count(where: { $0.account == lease.account }) > 6 { fault = "one account again and again" }
    }

    private mutating func forget(_ requestID: String) {
        live[requestID] = nil
        attempts[requestID] = nil
    }
}
