import Testing

@testable import Scheduling

/// How the pool behaves as a whole, on a virtual clock. M stands for a model of the quota key `claude`.
@Suite struct ScenarioTests {
    static let model = "claude-sonnet-4-5"

    static func pool(
        _ tiers: [String?], mode: SchedulingMode = .balance, change: (inout SchedulerSettings) -> Void = { _ in }
    )
        -> SchedulerHarness
    {
        var harness = SchedulerHarness(accounts: 0, mode: mode, change: change)
        harness.send(
            .accountsChanged(tiers.enumerated().map { SchedulerHarness.account($0.offset, tier: $0.element) }))
        return harness
    }

    static func pair(_ mode: SchedulingMode = .balance) -> SchedulerHarness { pool(["pro", "pro"], mode: mode) }

    // MARK: Conversations and tiers

    @Test func `a conversation stays with its account`() {
        var harness = Self.pair()
        let accounts = (0..<5).map { turn in
            let lease = harness.lease("r\(turn)", model: Self.model, session: "s")
            harness.succeed(lease)
            return lease.account
        }
        check(Set(accounts).count, 1, "accounts")
    }

    @Test func `new conversations spread over the best tier`() {
        var harness = Self.pair()
        var counts: [String: Int] = [:]
        for session in 0..<40 {
            let lease = harness.lease("r\(session)", model: Self.model, session: "s\(session)")
            counts[lease.account, default: 0] += 1
            harness.succeed(lease)
        }
        check(counts.values.allSatisfy { (12...28).contains($0) }, true, "\(counts)")
    }

    @Test func `performance first goes in the operator's order, conversation or not`() {
        var harness = Self.pool(["pro", "pro", "pro"], mode: .performanceFirst)
        let accounts = (0..<9).map { turn in
            let lease = harness.lease("r\(turn)", model: Self.model, session: "s")
            harness.succeed(lease)
            return lease.account
        }
        check(accounts, ["a0", "a1", "a2", "a0", "a1", "a2", "a0", "a1", "a2"], "turns")
    }

    @Test func `a worse tier serves only when the better one is full`() {
        var harness = Self.pool(["free-tier", "g1-ultra-tier", "standard-tier"]) { $0.leasesPerAccountMax = 2 }
        let accounts = (0..<6).map { harness.lease("r\($0)", model: Self.model, session: "s\($0)").account }
        check(accounts, ["a1", "a1", "a2", "a2", "a0", "a0"], "order")
    }

    @Test func `background work takes the lowest tier and leaves half of an account free`() {
        var harness = Self.pool(["ultra", "free"]) { $0.leasesPerAccountMax = 4 }
        let leases = (0..<3).map { harness.ask("r\($0)", isBackground: true) }
        check(leases.map { $0.grant?.account }, ["a1", "a1", nil], "accounts")
        check(leases[2].wait, nil, "background work never waits")
        check(harness.lease("user", session: "s").account, "a0", "users are not concerned")
    }

    // MARK: Limits of quota and rate

    @Test func `a used-up quota locks its key on its account for the stated time and nothing else`() {
        var harness = Self.pair()
        let lease = harness.lease("r", model: Self.model, session: "s")
        let action = harness.fail(lease, .quota, delay: 9_442_000)
        check(action?.summary, lease.account == "a0" ? "other a1" : "other a0", "the other account serves")
        let lock = harness.cell(lease.account, "claude")
        check(lock?.standing, .exhausted, "standing")
        let left = harness.now.milliseconds(until: lock?.until ?? harness.now)
        check((9_442_000...9_443_000).contains(left), true, "\(left)")
        for _ in 0..<4 {
            let flash = harness.lease("f\(harness.scheduler.liveLeaseCount)", model: "gemini-3-flash")
            if flash.account == lease.account { return }
        }
        Issue.record("the account serves no other quota")
    }

    @Test func `an error that names another model locks that model's quota too`() {
        var harness = Self.pair()
        let lease = harness.lease("r", model: "gemini-3-flash", session: "s")
        harness.send(
            .outcome(
                AttemptReport(
                    requestID: "r", lease: lease.id, worker: 1, attemptClass: .quota, retryAfterMilliseconds: 7_200_000,
                    errorModel: "claude-opus-4-5-thinking", hasCommittedContent: false, wantsNext: false)))
        check(harness.cell(lease.account, "flash")?.standing, .exhausted, "the request's")
        check(harness.cell(lease.account, "claude")?.standing, .exhausted, "the named one's")
        check(harness.cell(lease.account, "pro"), nil, "others")
    }

    @Test(arguments: [(500, 2_000...2_300), (511, 2_000...2_300)])
    func `a limit of milliseconds is not one of minutes`(stated: Int, expected: ClosedRange<Int>) {
        var harness = Self.pair()
        let lease = harness.lease("r", model: Self.model, session: "s")
        _ = harness.fail(lease, .rate, delay: stated)
        let left = harness.now.milliseconds(until: harness.cell(lease.account, "claude")?.until ?? harness.now)
        check(expected.contains(left), true, "\(left)")
    }

    @Test func `a lone account waits out a short limit once`() {
        var harness = Self.pool(["pro"])
        let lease = harness.lease("r", model: Self.model, session: "s")
        let action = harness.fail(lease, .rate, delay: 1_204)
        check(action?.summary, "same a0", "verdict")
        check(action?.delay, 1_304, "delay")
        harness.pass(milliseconds: 1_304)
        if let next = action?.lease { harness.succeed(next) }
        check(harness.cell("a0", "claude"), nil, "all is well again")
    }

    @Test func `in balance the other account serves at once, and the conversation comes back`() {
        var harness = Self.pair()
        let first = harness.lease("r1", model: Self.model, session: "s")
        harness.succeed(first)
        let limited = harness.lease("r2", model: Self.model, session: "s")
        check(limited.account, first.account, "bound")
        let action = harness.fail(limited, .rate, delay: 1_204)
        check(action?.delay ?? 99 <= 50, true, "no wait")
        guard let detour = action?.lease else { return }
        check(detour.account == first.account, false, "another account")
        harness.succeed(detour)
        check(harness.lease("r3", model: Self.model, session: "s").account, detour.account, "the detour is remembered")
        harness.live(milliseconds: 5_000)
        check(harness.lease("r4", model: Self.model, session: "s").account, first.account, "back again")
    }

    @Test func `a conversation moves for good when its account is locked for long`() {
        var harness = Self.pair()
        let first = harness.lease("r1", model: Self.model, session: "s")
        harness.succeed(first)
        let next = harness.fail(harness.lease("r2", model: Self.model, session: "s"), .quota, delay: 300_000)?.lease
        if let next { harness.succeed(next) }
        harness.live(milliseconds: 400_000)
        check(harness.lease("r3", model: Self.model, session: "s").account, next?.account, "stays where it moved")
    }

    @Test func `in cache first a conversation waits for its account`() {
        var harness = Self.pool(["pro"], mode: .cacheFirst)
        harness.succeed(harness.lease("r1", model: Self.model, session: "s"))
        let lease = harness.lease("r2", model: Self.model, session: "s")
        let effects = harness.send(harness.report(lease, .rate, delay: 40_000, wantsNext: true))
        check(effects.wait, 40_000, "waits")
        check(harness.live(milliseconds: 39_000).leases.count, 0, "not yet")
        let after = harness.live(milliseconds: 1_400)
        check(after.verdict?.action.summary, "same a0", "served")
        check(harness.scheduler.totals.waiters, 0, "line")
    }

    // MARK: Bare refusals

    @Test func `a body that three accounts refuse without a reason is the suspect, and nobody else pays`() {
        var harness = Self.pool(Array(repeating: "pro", count: 7))
        var lease = harness.lease("r", model: Self.model, session: "s", body: [1])
        var attempts = 1
        while let next = harness.fail(lease, .bareRefusal)?.lease {
            attempts += 1
            lease = next
        }
        check(attempts, 3, "attempts")
        let others = (0..<7).map { harness.lease("o\($0)", model: Self.model, session: "o\($0)", body: [2]) }
        check(others.count, 7, "others are served")
        harness.pass(milliseconds: 5_000)
        let again = harness.ask("r2", model: Self.model, session: "s", body: [1])
        check(again.denial?.reason, .requestRejected, "the same body")
        check(harness.ask("r3", model: Self.model, apiKey: "k2", body: [1]).grant == nil, false, "another key's body")
        harness.pass(milliseconds: 15_000)
        check(harness.ask("r4", model: Self.model, session: "s", body: [1]).grant == nil, false, "after its time")
    }

    @Test func `two different bodies refused without a reason accuse the account`() {
        var harness = Self.pool(["pro"])
        for body in [UInt8(1), 2] {
            let lease = harness.lease("r\(body)", model: Self.model, body: [body])
            _ = harness.fail(lease, .bareRefusal)
            if body == 1 { check(harness.cell("a0", "claude")?.standing, .held, "one body") }
        }
        let cell = harness.cell("a0", "claude")
        check(cell?.standing, .cooling, "two bodies")
        let left = harness.now.milliseconds(until: cell?.until ?? harness.now)
        check((8_000...12_000).contains(left), true, "\(left)")
    }

    // MARK: Upstream trouble

    @Test func `no capacity punishes no account`() {
        var harness = Self.pool(["pro", "pro", "pro"])
        var lease = harness.lease("r", model: Self.model, session: "s")
        var attempts = 1
        var waited = 0
        while let action = harness.fail(lease, .capacity), let next = action.lease {
            attempts += 1
            waited += action.delay
            lease = next
        }
        check(attempts <= 3, true, "\(attempts) attempts")
        check(waited < 12_000, true, "\(waited) ms")
        check(harness.scheduler.views(at: harness.now).allSatisfy { $0.cells.isEmpty && $0.health == 1 }, true, "cells")
        check(harness.ask("q", model: "gemini-3-flash").grant == nil, false, "other models")
    }

    @Test func `three errors in a row send an account away for seconds, but never half of the pool`() {
        var harness = SchedulerHarness(accounts: 4, mode: .balance) { $0.retryBudgetTokens = 0 }
        for round in 0..<20 {
            for account in 0..<4 {
                guard
                    let lease = harness.ask("r\(round)-\(account)", model: Self.model, pinned: "a\(account)").grant
                else { continue }
                _ = harness.fail(lease, .server)
            }
        }
        let away = harness.scheduler.views(at: harness.now).filter { !$0.cells.isEmpty }
        check(away.count, 2, "half stay")
        let left = away.compactMap { $0.cells[0].until.map { harness.now.milliseconds(until: $0) } }
        check(left.allSatisfy { (6_400...9_600).contains($0) }, true, "\(left)")
    }

    @Test func `during an outage the retries of all stay within the budget`() {
        var harness = SchedulerHarness(accounts: 10, mode: .balance)
        var attempts = 0
        for request in 0..<1_000 {
            guard var lease = harness.ask("r\(request)", model: Self.model).grant else { continue }
            attempts += 1
            while let next = harness.fail(lease, .server)?.lease {
                attempts += 1
                lease = next
            }
            harness.live(milliseconds: 20)
        }
        check(attempts <= 1_210, true, "\(attempts) attempts")
        check(harness.scheduler.views(at: harness.now).allSatisfy { $0.state == .active }, true, "states")
    }

    @Test func `a model that one account lacks is served by another, and the account serves its other models`() {
        var harness = Self.pair()
        let lease = harness.lease("r", model: Self.model, session: "s")
        let next = harness.fail(lease, .modelNotFound)?.lease
        check(next == nil, false, "the other serves")
        if let next { harness.succeed(next) }
        for request in 0..<4 {
            let other = harness.lease("o\(request)", model: "claude-opus-4-5-thinking")
            if other.account == lease.account { return }
        }
        Issue.record("the account serves nothing of that quota any more")
    }

    @Test func `a model that nobody has is asked for once per account, nine at most`() {
        var harness = Self.pool(Array(repeating: "pro", count: 12))
        var lease = harness.lease("r", model: Self.model)
        var accounts = [lease.account]
        var last: Verdict.Action?
        while true {
            last = harness.fail(lease, .modelNotFound)
            guard let next = last?.lease else { break }
            accounts.append(next.account)
            lease = next
        }
        check(accounts.count, 9, "attempts")
        check(Set(accounts).count, 9, "accounts")
        check(last?.summary, "end modelNotFound", "the end")
    }

    // MARK: Accounts in trouble

    @Test func `a refused token is refreshed once, then the account rests and another serves`() {
        var harness = Self.pair()
        let lease = harness.lease("r", model: Self.model, session: "s")
        guard let again = harness.fail(lease, .auth)?.lease else { return }
        check(again.account, lease.account, "the same account, refreshed")
        check(harness.state(lease.account), .active, "no verdict yet")
        let effects = harness.send(harness.report(again, .auth, wantsNext: true))
        check(effects.verdict?.action.lease?.account == lease.account, false, "another")
        check(harness.state(lease.account)?.word, "auth_failed", "state")
    }

    @Test func `an account that must be confirmed keeps its page, is looked at by the service, and comes back`() {
        var harness = Self.pair()
        let lease = harness.lease("r", model: Self.model, session: "s")
        harness.send(
            .outcome(
                AttemptReport(
                    requestID: "r", lease: lease.id, worker: 1, attemptClass: .validation,
                    validationURL: "https://accounts.google.com/x", hasCommittedContent: false, wantsNext: false)))
        guard case .validation(let until, let url)? = harness.state(lease.account) else {
            Issue.record("not blocked")
            return
        }
        check(url, "https://accounts.google.com/x", "page")
        check((480_000...720_000).contains(harness.now.milliseconds(until: until)), true, "ten minutes")
        let effects = harness.live(milliseconds: 730_000)
        check(effects.contains(.probe(account: lease.account)), true, "probe")
        check(harness.state(lease.account) == .active, false, "time alone does not help")
        harness.send(.probed(account: lease.account, .success, isPermanent: false))
        check(harness.state(lease.account), .active, "back")
    }

    @Test func `an account that Google forbids twice is out for good`() {
        var harness = Self.pair()
        let lease = harness.lease("r", model: Self.model)
        _ = harness.fail(lease, .forbidden)
        harness.live(milliseconds: 2_200_000)
        harness.send(.probed(account: lease.account, .forbidden, isPermanent: false))
        check(harness.state(lease.account), .forbidden(until: nil), "state")
        check(harness.scheduler.nextWake == nil, true, "nothing is tried any more")
        harness.send(.reactivated(account: lease.account))
        check(harness.state(lease.account), .active, "its owner's word counts")
    }

    @Test func `a dead refresh token is tried once more a minute later`() {
        var harness = Self.pair()
        let lease = harness.lease("r", model: Self.model)
        let effects = harness.send(.credentialFailed(lease: lease.id, attemptClass: .invalidGrant))
        check(effects.contains(.accountState(account: lease.account, .needsReauthorisation)), true, "said at once")
        check(effects.grant?.account == lease.account, false, "another serves")
        check(harness.live(milliseconds: 59_000), [], "not yet")
        check(harness.live(milliseconds: 1_000), [.confirmCredentials(account: lease.account)], "once")
        harness.send(.probed(account: lease.account, .success, isPermanent: false))
        check(harness.state(lease.account), .active, "it lives")
    }

    @Test func `nine dead accounts are asked, the tenth serves the next request at once`() {
        var harness = Self.pool(Array(repeating: "pro", count: 10), mode: .performanceFirst)
        var lease = harness.lease("r", model: Self.model)
        while let next = harness.fail(lease, .forbidden)?.lease { lease = next }
        check(lease.account, "a8", "the ninth")
        check(harness.lease("q", model: Self.model).account, "a9", "the tenth")
    }

    @Test func `a conversation leaves an account that cannot be used, and does not come back by itself`() {
        var harness = Self.pair()
        let first = harness.lease("r1", model: Self.model, session: "s")
        harness.succeed(first)
        let other = harness.fail(harness.lease("r2", model: Self.model, session: "s"), .forbidden)?.lease
        if let other { harness.succeed(other) }
        harness.send(.reactivated(account: first.account))
        check(harness.lease("r3", model: Self.model, session: "s").account, other?.account, "stays where it is now")
    }

    // MARK: Waiting and denial

    @Test(arguments: [(90_000, 90), (130_000, 130)])
    func `when every account is locked the client hears the true wait`(lock: Int, seconds: Int) {
        var harness = Self.pair()
        for account in ["a0", "a1"] {
            let lease = harness.ask("l" + account, model: Self.model, pinned: account).grant!
            harness.send(harness.report(lease, .quota, delay: account == "a0" ? lock : lock + 60_000, wantsNext: false))
        }
        let final = harness.ask("r", model: Self.model).denial
        check(final?.reason, .quotaExhausted, "reason")
        check(((final?.retryAfterMilliseconds ?? 0) + 999) / 1000 - seconds <= 1, true, "\(final!)")
        harness.live(milliseconds: final?.retryAfterMilliseconds ?? 0)
        check(harness.ask("again", model: Self.model).grant?.account, "a0", "after the wait")
    }

    @Test func `a short lock is waited for, and no other lock is taken away`() {
        var harness = Self.pair()
        for (account, delay) in [("a0", 2_000), ("a1", 50_000)] {
            let lease = harness.ask("l" + account, model: Self.model, pinned: account).grant!
            harness.send(harness.report(lease, .rate, delay: delay, wantsNext: false))
        }
        harness.pass(milliseconds: 500)
        let wait = harness.ask("r", model: Self.model).wait ?? 0
        check((1_500...1_750).contains(wait), true, "\(wait)")
        let effects = harness.live(milliseconds: wait + 100)
        check(effects.grant?.account, "a0", "served")
        check(harness.cell("a1", "claude")?.standing, .cooling, "the other lock")
    }

    @Test func `two keys that wait are served in turn`() {
        var harness = Self.pool(["pro"]) { $0.leasesPerAccountMax = 8 }
        var running = (0..<8).map { harness.lease("r\($0)", model: Self.model, apiKey: "k1") }
        for request in 0..<6 {
            check(harness.ask("a\(request)", model: Self.model, apiKey: "k1").wait == nil, false, "")
        }
        for request in 0..<2 {
            check(harness.ask("b\(request)", model: Self.model, apiKey: "k2").wait == nil, false, "")
        }
        var served: [String] = []
        while !running.isEmpty, served.count < 8 {
            let lease = running.removeFirst()
            for next in harness.send(harness.report(lease, .success, wantsNext: false)).leases {
                served.append(next.requestID)
                running.append(next)
            }
        }
        check(served, ["a0", "b0", "a1", "b1", "a2", "a3", "a4", "a5"], "order")
    }

    @Test func `the line is bounded, for one key and for all`() {
        var harness = Self.pool(["pro"]) {
            $0.leasesPerAccountMax = 1
            $0.waitersPerKeyMax = 2
            $0.waitersMax = 3
        }
        _ = harness.lease("r", model: Self.model)
        let answers = ["a", "a", "a", "b", "b"].enumerated().map {
            harness.ask("w\($0.offset)", model: Self.model, apiKey: $0.element)
        }
        check(answers.map { $0.denial?.reason }, [nil, nil, .busy, nil, .busy], "denials")
    }

    @Test func `a waiting client that leaves is out of the line`() {
        var harness = Self.pool(["pro"]) { $0.leasesPerAccountMax = 1 }
        let lease = harness.lease("r", model: Self.model)
        _ = harness.ask("w", model: Self.model)
        harness.send(.cancelled(requestID: "w"))
        check(harness.send(harness.report(lease, .success, wantsNext: false)), [], "nobody is there")
        check(harness.scheduler.totals.waiters, 0, "line")
    }

    @Test func `a request that waited for its whole schedule is told so`() {
        var harness = Self.pool(["pro"]) { $0.leasesPerAccountMax = 1 }
        _ = harness.lease("r", model: Self.model)
        _ = harness.ask("w", model: Self.model, scheduleLeft: 5_000)
        let effects = harness.live(milliseconds: 5_000)
        check(effects.denial?.reason, .busy, "reason")
    }

    // MARK: The operator

    @Test func `the preferred account comes first whenever it can serve`() {
        var harness = Self.pool(["pro", "pro"]) { $0.preferredAccount = "a1" }
        check(harness.lease("r1", model: Self.model, session: "s").account, "a1", "preferred")
        let lease = harness.lease("r2", model: Self.model, session: "s")
        _ = harness.fail(lease, .rate, delay: 30_000)
        check(harness.lease("r3", model: Self.model, session: "t").account, "a0", "limited")
        harness.live(milliseconds: 31_000)
        check(harness.lease("r4", model: Self.model, session: "u").account, "a1", "again")
        check(harness.scheduler.settings.preferredAccount, "a1", "the setting")
    }

    @Test func `protection spares a quota at its threshold and no other`() {
        var harness = SchedulerHarness(accounts: 0, mode: .balance) { $0.protection.isEnabled = true }
        let facts = [(0, 10), (1, 11)].map { account, left in
            SchedulerHarness.account(
                account,
                quota: QuotaSnapshot(
                    models: [
                        .init(name: Self.model, percentage: left), .init(name: "gemini-3-pro-low", percentage: 90),
                    ], takenAt: harness.now))
        }
        harness.send(.accountsChanged(facts))
        for request in 0..<4 { check(harness.lease("r\(request)", model: Self.model).account, "a1", "claude") }
        let pro = Set((0..<4).map { harness.lease("p\($0)", model: "gemini-3-pro-low").account })
        check(pro.contains("a0"), true, "its other quota")
        harness.send(.settingsChanged(SchedulerSettings()))
        check(harness.cell("a0", "claude"), nil, "off at once")
    }

    @Test func `an old or empty list of models locks nobody out`() {
        for snapshot in [
            QuotaSnapshot(models: [], takenAt: SchedulerInstant(milliseconds: 0)),
            QuotaSnapshot(
                models: [.init(name: "gemini-3-flash", percentage: 50)],
                takenAt: SchedulerInstant(milliseconds: 1_000_000 - 2 * 86_400_000)),
        ] {
            var harness = SchedulerHarness(accounts: 0, mode: .balance)
            harness.send(.accountsChanged([SchedulerHarness.account(0, quota: snapshot)]))
            check(harness.ask("r", model: Self.model).grant?.account, "a0", "served")
        }
    }

    @Test func `a fresh list that lacks the model leads to the account that has it`() {
        var harness = SchedulerHarness(accounts: 0, mode: .performanceFirst)
        let lists = [["gemini-3-flash"], [Self.model], ["gemini-3-flash"]]
        harness.send(
            .accountsChanged(
                lists.enumerated().map { index, models in
                    SchedulerHarness.account(
                        index,
                        quota: QuotaSnapshot(
                            models: models.map { .init(name: $0, percentage: 50) }, takenAt: harness.now))
                }))
        check(harness.lease("r", model: Self.model).account, "a1", "the one that lists it")
        check(harness.lease("q", model: "gemini-3-pro-high").account, "a2", "what nobody lists, everybody may try")
    }

    @Test func `a quota read that shows a rest opens a used-up quota once in ten minutes, and not against the facts`() {
        var harness = SchedulerHarness(accounts: 1, mode: .balance)
        func snapshot(_ at: SchedulerInstant) -> SchedulerEvent {
            .accountsChanged([
                SchedulerHarness.account(
                    0, quota: QuotaSnapshot(models: [.init(name: Self.model, percentage: 60)], takenAt: at))
            ])
        }
        harness.send(harness.report(harness.lease("r", model: Self.model), .quota, delay: 9_000_000, wantsNext: false))
        harness.pass(milliseconds: 1_000)
        harness.send(snapshot(harness.now))
        check(harness.cell("a0", "claude")?.standing, .probing, "opened")
        let probe = harness.lease("p", model: Self.model)
        check(harness.ask("q", model: Self.model).wait == nil, false, "one probe at a time")
        harness.send(harness.report(probe, .quota, delay: 9_000_000, wantsNext: false))
        harness.pass(milliseconds: 700_000)
        harness.send(snapshot(harness.now))
        check(harness.cell("a0", "claude")?.standing, .exhausted, "the upstream's refusal weighs more")
    }

    @Test func `clearing limits is the one way to end locks early, and leaves states alone`() {
        var harness = Self.pair()
        _ = harness.fail(harness.ask("l0", model: Self.model, pinned: "a0").grant!, .quota, delay: 9_000_000)
        _ = harness.fail(harness.ask("l1", model: Self.model, pinned: "a1").grant!, .forbidden)
        harness.send(.limitsCleared(account: nil))
        check(harness.cell("a0", "claude"), nil, "lock")
        check(harness.state("a1")?.word, "forbidden", "state")
    }

    @Test func `an account held for a token is passed over for seconds`() {
        var harness = Self.pair(.performanceFirst)
        let lease = harness.lease("r", model: Self.model)
        harness.send(.credentialFailed(lease: lease.id, attemptClass: .refreshTransient))
        check(harness.lease("q", model: Self.model).account, "a1", "held")
        check(harness.state("a0"), .active, "not disabled")
        harness.live(milliseconds: 6_100)
        check((0..<2).map { harness.lease("s\($0)", model: Self.model).account }.contains("a0"), true, "again")
    }
}

extension SchedulerHarness {
    func view(_ account: String) -> AccountView? { scheduler.views(at: now).first { $0.id == account } }

    func cell(_ account: String, _ key: String) -> AccountView.Cell? {
        view(account)?.cells.first { $0.key == key }
    }

    func state(_ account: String) -> AccountState? { view(account)?.state }
}
