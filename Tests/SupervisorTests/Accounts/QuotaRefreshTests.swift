import JSON
import Platform
import Scheduling
import Testing

@testable import Supervisor

/// Quota reads of all accounts, what they protect, and when they happen.
@Suite @MainActor struct QuotaRefreshTests {
    @Test func `every account that is not disabled is read, and failures are told by name`() async throws {
        let fixture = try await AccountsFixture()
        for name in ["a", "b", "c", "d", "e", "f", "g"] { try await fixture.insert("\(name)@x.com") }
        let ids = fixture.store.accounts.map(\.id)
        await fixture.store.apply(ids[0]) { $0.disabled = Account.Disabling(reason: "x", at: 1) }
        await fixture.store.apply(ids[1]) { $0.quota = .forbidden(tier: nil) }
        await fixture.store.apply(ids[2]) { $0.proxyDisabled = Account.Disabling(reason: nil, at: 1) }
        await fixture.store.apply(ids[3]) { $0.token?.expiresAt = 0 }
        fixture.google.set(FakeGoogle.token, ["error": "invalid_grant"], status: 400)
        let refresh = QuotaRefresh(store: fixture.store, quota: fixture.quota)
        let summary = await refresh.run()
        expect([summary.total, summary.success, summary.failures.count], [5, 4, 1], "counts")
        expect(summary.failures.first?.hasPrefix("Account d@x.com: "), true, "\(summary.failures)")
        expect(fixture.google.count(FakeGoogle.models), 4, "reads")
        let again = await refresh.run(includingForbidden: true)
        expect([again.total, again.success], [5, 5], "with the forbidden one, without the one that is disabled now")
        expect(fixture.store[ids[1]]?.quota?.isForbidden, false, "not forbidden any more")
    }

    @Test func `at most five are read at the same time, and a second run joins the first`() async throws {
        let fixture = try await AccountsFixture()
        for number in 0..<12 { try await fixture.insert("\(number)@x.com") }
        fixture.google.set(
            FakeGoogle.load, ["cloudaicompanionProject": "p"], delay: .milliseconds(30))
        let refresh = QuotaRefresh(store: fixture.store, quota: fixture.quota)
        async let first = refresh.run()
        async let second = refresh.run()
        let summaries = await [first, second]
        expect(summaries[0], summaries[1], "one result")
        expect(summaries[0].success, 12, "successes")
        expect(fixture.google.count(FakeGoogle.models), 12, "reads")
        expect(fixture.google.openMax <= QuotaRefresh.parallelMax, true, "\(fixture.google.openMax) at once")
    }

    nonisolated struct Protection: Sendable, CustomTestStringConvertible {
        let rests: [String: Int]
        var monitored = QuotaProtection().monitoredModels
        let expected: [String]
        var testDescription: String { "\(rests)" }
    }

    nonisolated static let protections: [Protection] = [
        Protection(rests: [:], expected: []),
        Protection(rests: ["gemini-3-flash": 10], expected: ["gemini-3-flash"]),
        Protection(rests: ["gemini-3-flash": 11], expected: []),
        Protection(
            rests: ["claude-opus-4-5-thinking": 5, "claude-sonnet-4-5": 90], expected: ["claude-sonnet-4-5"]),
        Protection(
            rests: ["claude-opus-4-5-thinking": 90, "claude-sonnet-4-5": 5], expected: ["claude-sonnet-4-5"]),
        Protection(rests: ["gemini-3-pro-low": 0], expected: ["gemini-3-pro-high"]),
        Protection(rests: ["gemini-3-pro-image": 3], expected: ["gemini-3-pro-image"]),
        Protection(rests: ["gemini-3-flash": 0, "claude-sonnet-4-5": 0], monitored: [], expected: []),
        Protection(
            rests: ["gemini-3-flash": 0, "claude-sonnet-4-5": 0], monitored: ["claude-opus-4-5-thinking"],
            expected: ["claude-sonnet-4-5"]),
        Protection(rests: ["gpt-oss": 0, "gemini-3-flash": 1], monitored: ["gpt-oss"], expected: ["gpt-oss"]),
    ]

    /// What the list names is what the scheduler spares, model by model.
    @Test(arguments: protections) func `the smallest rest of a shared quota counts, and the scheduler agrees`(
        row: Protection
    ) async throws {
        var protected = ProtectedModels()
        protected.settings.isEnabled = true
        protected.settings.monitoredModels = row.monitored
        let models = row.rests.sorted { $0.key < $1.key }.map {
            QuotaRecord.Model(name: $0.key, percentage: $0.value, resetTime: "2099-01-01T00:00:00Z")
        }
        var account = Account(id: "a", kind: .codeAssist, email: "a@x.com", createdAt: 1, lastUsed: 1)
        account.quota = QuotaRecord(models: models, lastUpdated: WallClock.unixSeconds, isForbidden: false)
        account.proxyDisabled = Account.Disabling(reason: ProtectedModels.legacyReason, at: 1)
        protected.apply(to: &account)
        expect(account.protectedModels, row.expected, "protected")
        expect(account.proxyDisabled, nil, "the older scheme is undone")

        var settings = SchedulerSettings()
        settings.protection = protected.settings
        var scheduler = Scheduler(settings: settings, incarnation: "t")
        var random = SystemRandomNumberGenerator()
        var snapshots = QuotaSnapshots()
        _ = scheduler.handle(.accountsChanged(snapshots.facts([account])), now: .now, random: &random)
        let spared = scheduler.views(at: .now)[0].cells.filter { $0.standing == .protected }.map(\.key)
        expect(Set(spared), Set(row.expected.map { QuotaKeys().key(of: $0) }), "spared by the scheduler")
    }

    @Test func `protection that is off leaves the stored list alone`() {
        var account = Account(id: "a", kind: .codeAssist, email: "a@x.com", createdAt: 1, lastUsed: 1)
        account.protectedModels = ["gemini-3-flash"]
        account.quota = QuotaRecord(models: [], lastUpdated: 1, isForbidden: false)
        ProtectedModels().apply(to: &account)
        expect(account.protectedModels, ["gemini-3-flash"], "list")
    }

    @Test func `the first run comes after half a minute, the next ones at the interval of the day`() {
        let start = MonotonicInstant.now
        var plan = QuotaTimetable.Plan(startedAt: start, jitter: 50)
        for minutes in [1, 15, 1440] { expect(plan.due(intervalMinutes: minutes), start + .seconds(30), "first") }
        let run = start + .seconds(31)
        plan.ran(at: run, jitter: 0)
        expect(plan.due(intervalMinutes: 15), run + .seconds(900), "fifteen minutes")
        expect(plan.due(intervalMinutes: 1), run + .seconds(60), "another interval counts from the last run")
        plan.ran(at: run, jitter: QuotaTimetable.Plan.jitterMax)
        expect(plan.due(intervalMinutes: 10), run + .seconds(660), "a tenth longer at most")
    }
}
