import Testing

@testable import Scheduling

/// Promises that need a life of their own kind.
@Suite struct PropertyTests {
    @Test(arguments: 0..<40)
    func `one request that is refused without a reason never sends an account away`(seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        var harness = SchedulerHarness(accounts: Int.random(in: 1...12, using: &dice), mode: .balance)
        harness.random = SeededGenerator(seed: seed)
        for _ in 0..<10 {
            guard var lease = harness.ask("r", model: "claude-x", session: "s", body: [9]).grant else {
                harness.live(milliseconds: Int.random(in: 1...70_000, using: &dice))
                continue
            }
            while let next = harness.fail(lease, .bareRefusal)?.lease { lease = next }
            harness.send(.cancelled(requestID: "r"))
            for view in harness.scheduler.views(at: harness.now) {
                check(view.cells.contains { $0.standing == .cooling || $0.standing == .exhausted }, false, view.id)
            }
            harness.live(milliseconds: Int.random(in: 1...70_000, using: &dice))
        }
    }

    @Test(arguments: [SchedulingMode.balance, .cacheFirst], 0..<20)
    func `a conversation without failures never changes its account`(mode: SchedulingMode, seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        var harness = SchedulerHarness(accounts: Int.random(in: 2...20, using: &dice), mode: mode) {
            $0.leasesPerAccountMax = 0
        }
        harness.random = SeededGenerator(seed: seed &+ 9)
        var homes: [String: String] = [:]
        for request in 0..<400 {
            let session = "s\(Int.random(in: 0..<30, using: &dice))"
            let lease = harness.lease("r\(request)", model: "gemini-3-flash", session: session)
            check(lease.account, homes[session] ?? lease.account, session)
            homes[session] = lease.account
            harness.live(milliseconds: Int.random(in: 0...6_000, using: &dice))
            harness.succeed(lease)
        }
    }

    @Test(arguments: 1..<12)
    func `in turn means exactly in turn`(accounts: Int) {
        var harness = SchedulerHarness(accounts: accounts)
        var counts: [String: Int] = [:]
        for request in 0..<(accounts * 25) {
            let lease = harness.lease("r\(request)", session: "s")
            counts[lease.account, default: 0] += 1
            harness.succeed(lease)
        }
        check(counts, Dictionary(uniqueKeysWithValues: (0..<accounts).map { ("a\($0)", 25) }), "shares")
    }

    @Test(arguments: 0..<30)
    func `what is saved answers like what went on`(seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        let facts = (0..<8).map { SchedulerHarness.account($0, tier: $0 % 2 == 0 ? "pro" : "free") }
        var harness = SchedulerHarness(accounts: 0, mode: .balance)
        harness.send(.accountsChanged(facts))
        for request in 0..<300 {
            guard
                let lease = harness.ask(
                    "r\(request)", model: Life.models[Int.random(in: 0..<6, using: &dice)],
                    session: "s\(Int.random(in: 0..<20, using: &dice))"
                ).grant
            else { continue }
            let classes: [AttemptClass] = [
                .success, .success, .success, .quota, .validation, .modelNotFound, .forbidden,
            ]
            harness.send(
                harness.report(
                    lease, classes.randomElement(using: &dice)!,
                    delay: Int.random(in: 600_000...9_000_000, using: &dice),
                    wantsNext: false))
            if request % 60 == 0 { harness.send(.reactivated(account: "a\(request % 8)")) }
            harness.pass(milliseconds: Int.random(in: 0...2_000, using: &dice))
        }
        var loaded = SchedulerHarness(accounts: 0, mode: .balance)
        loaded.now = SchedulerInstant(milliseconds: 5)
        loaded.send(.accountsChanged(facts))
        loaded.send(.restored(harness.scheduler.saved(at: harness.now)))
        let saved = [harness, loaded].map { $0.scheduler.saved(at: $0.now).accounts }
        check(saved[1].map(\.id), saved[0].map(\.id), "accounts")
        for (kept, restored) in zip(saved[0], saved[1]) { check(restored, kept, "saved") }
        for request in 0..<200 {
            let model = Life.models[Int.random(in: 0..<6, using: &dice)]
            let session = "s\(Int.random(in: 0..<20, using: &dice))"
            let answers = [
                harness.ask("n\(request)", model: model, session: session),
                loaded.ask("n\(request)", model: model, session: session),
            ]
            let accounts = answers.map { $0.grant?.account ?? $0.denial.map { "\($0.reason)" } ?? "waits" }
            let wasBound = answers[0].grant?.sticky == .hit
            if wasBound || answers[0].grant == nil { check(accounts[1], accounts[0], "\(model) \(session)") }
            for index in 0..<2 {
                guard let lease = answers[index].grant else { continue }
                if index == 0 {
                    harness.send(.cancelled(requestID: lease.requestID))
                } else {
                    loaded.send(.cancelled(requestID: lease.requestID))
                }
            }
            harness.live(milliseconds: 700)
            loaded.live(milliseconds: 700)
        }
    }

    @Test func `nothing remembers an account that was deleted`() {
        for seed in UInt64(0)..<20 {
            var life = Life(seed: seed)
            for step in LifeTests.steps(seed: seed, count: 400) { life.perform(step) }
            var harness = life.harness
            for request in harness.scheduler.requests.ids { harness.send(.cancelled(requestID: request)) }
            harness.send(.settingsChanged(SchedulerSettings()))
            harness.send(.accountsChanged([SchedulerHarness.account(99)]))
            var text = ""
            dump(harness.scheduler, to: &text)
            for index in 0..<20 {
                check(text.contains("\"a\(index)\""), false, "seed \(seed): a\(index) is still there")
            }
        }
    }
}
