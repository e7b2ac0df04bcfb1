import Glibc
import GoogleAPI
import IPC
import Platform
import Scheduling
import Testing

@testable import Supervisor

/// What the scheduler has learnt stands in telemetry.db soon, and in the next process at once.
@Suite(.timeLimit(.minutes(1))) @MainActor struct ScheduleKeeperTests {
    /// One life of the process after another, on one folder.
    @MainActor final class Fixture {
        let accounts: AccountsFixture
        var desk: LeaseDesk
        var keeper: ScheduleKeeper
        var telemetry: Telemetry
        /// How far the wall clock is ahead of the real one, in milliseconds.
        var ahead = 0
        private(set) var sent: [any IPCMessage] = []

        init() async throws {
            accounts = try await AccountsFixture()
            telemetry = Telemetry(path: accounts.database.telemetryPath)
            desk = Self.desk(accounts)
            keeper = ScheduleKeeper(telemetry, leases: desk)
            await begin()
        }

        /// - Parameter isClean: the old process had time to write.
        func restart(isClean: Bool = true, meanwhile: () -> Void = {}) async {
            if isClean { await keeper.stop() }
            await telemetry.close()
            meanwhile()
            telemetry = Telemetry(path: accounts.database.telemetryPath, retryInterval: .milliseconds(30))
            desk = Self.desk(accounts)
            await begin()
        }

        private static func desk(_ accounts: AccountsFixture) -> LeaseDesk {
            LeaseDesk(
                store: accounts.store,
                credentials: CredentialDesk(
                    store: accounts.store, tokens: accounts.tokens, projects: accounts.projects),
                settings: SchedulerSettings())
        }

        private func begin() async {
            accounts.store.onChange = { [desk] in desk.accountsChanged() }
            desk.send = { [weak self] in self?.sent.append($1) }
            let times = ScheduleKeeper.Times(delay: .milliseconds(20), bindingsInterval: .milliseconds(60))
            keeper = ScheduleKeeper(telemetry, leases: desk, times: times) { [weak self] in
                // A write may outlast the test.
                WallClock.unixMilliseconds + (self?.ahead ?? 0)
            }
            await telemetry.open()
            await keeper.restore()
        }

        func ask(_ id: String, session: String? = nil) -> LeaseTerms? {
            desk.request(
                LeaseRequest(
                    requestID: id, attempt: 1, apiKeyID: "none", dialect: .openAIChat, isStream: true,
                    upstreamModel: "gemini-3-flash", sessionKey: session, bodyDigest: [],
                    scheduleMillisecondsLeft: 90_000, totalMillisecondsLeft: 590_000), worker: 1)
            return (sent.last as? LeaseGrant)?.lease
        }

        func report(
            _ lease: LeaseTerms?, _ id: String, _ outcome: OutcomeClass, resetAfter: UInt64? = nil, url: String? = nil
        ) {
            guard let lease else {
                Issue.record("no lease for \(id)")
                return
            }
            desk.outcome(
                LeaseOutcome(
                    requestID: id, attempt: 1,
                    outcome: AttemptOutcome(
                        leaseID: lease.leaseID, outcomeClass: outcome.rawValue, resetAfterMilliseconds: resetAfter,
                        isContentCommitted: outcome == .success, endpoint: 0, durationMilliseconds: 5,
                        validationURL: url), wantsNext: false, scheduleMillisecondsLeft: 80_000), worker: 1)
        }

        var view: AccountView { desk.views[0] }

        /// Milliseconds until the first cell's lock ends.
        var left: Int? { view.cells.first?.until.map { SchedulerInstant.now.milliseconds(until: $0) } }

        func rows(_ table: String) async -> Int? {
            await telemetry.run { (connection) throws(StorageError) in
                try connection.integer("SELECT count(*) FROM \(table)")
            } ?? nil
        }
    }

    private func eventually(_ what: String, _ condition: () async -> Bool) async {
        let deadline = MonotonicInstant.now + .seconds(10)
        while await !condition() {
            guard MonotonicInstant.now < deadline else {
                Issue.record("did not happen: \(what)")
                return
            }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test(arguments: [true, false])
    func `a lock of three hours is still one in the next process, which may start an hour later`(isClean: Bool)
        async throws
    {
        let fixture = try await Fixture()
        try await fixture.accounts.insert()
        fixture.report(fixture.ask("r"), "r", .quota, resetAfter: 3 * 3_600_000)
        if !isClean { await eventually("written") { await fixture.rows("cells") == 1 } }
        await fixture.restart(isClean: isClean)
        expect(fixture.view.cells.map(\.standing), [.exhausted], "standing")
        #expect(abs((fixture.left ?? 0) - 3 * 3_600_000) < 2_000)
        fixture.ahead = 3_600_000
        await fixture.restart()
        // The clock was read when it was written too: an hour of wall time without an hour of running.
        fixture.ahead += 3_600_000
        await fixture.restart(isClean: false)
        #expect(abs((fixture.left ?? 0) - 2 * 3_600_000) < 4_000)
    }

    @Test func `what is kept is read once the file can be opened, and nothing is written over it before`() async throws
    {
        let fixture = try await Fixture()
        try await fixture.accounts.insert()
        fixture.report(fixture.ask("r"), "r", .quota, resetAfter: 3 * 3_600_000)
        let path = fixture.accounts.database.telemetryPath
        await fixture.restart { expect(rename(path, path + ".away") + mkdir(path, 0o700), 0, "a folder in its place") }
        expect(fixture.view.cells.map(\.standing), [], "served without it")
        fixture.report(fixture.ask("s"), "s", .modelNotFound)
        expect(rmdir(path) + rename(path + ".away", path), 0, "back in its place")
        await eventually("read") { fixture.view.cells.map(\.standing) == [.exhausted] }
        expect(fixture.view.missingModels.map(\.name), ["gemini-3-flash"], "what was learnt meanwhile")
        await fixture.restart()
        expect(fixture.view.cells.map(\.standing), [.exhausted], "still kept")
        expect(fixture.view.missingModels.map(\.name), ["gemini-3-flash"], "kept too")
    }

    @Test func `states of accounts, their pages and missing models are kept`() async throws {
        let fixture = try await Fixture()
        try await fixture.accounts.insert()
        fixture.report(fixture.ask("r"), "r", .modelNotFound)
        await fixture.restart()
        expect(fixture.view.missingModels.map(\.name), ["gemini-3-flash"], "missing")
        fixture.desk.tell(.limitsCleared(account: nil))
        let page = "https://accounts.google.com/confirm"
        fixture.report(fixture.ask("s"), "s", .validation, url: page)
        await fixture.restart()
        guard case .validation(let until, let url) = fixture.view.state else {
            Issue.record("\(fixture.view.state)")
            return
        }
        expect(url, page, "page")
        #expect(abs(SchedulerInstant.now.milliseconds(until: until) - 600_000) < 130_000)
        expect(fixture.view.missingModels, [], "cleared ones are not kept")
    }

    @Test func `a refresh token that died and was mended meanwhile is not dead in the next process`() async throws {
        let fixture = try await Fixture()
        let account = try await fixture.accounts.insert()
        fixture.report(fixture.ask("r"), "r", .invalidGrant)
        expect(fixture.view.state, .needsReauthorisation, "before")
        await fixture.keeper.stop()
        await fixture.restart()
        expect(fixture.accounts.store[account.id]?.disabled == nil, true, "the account list says it works")
        expect(fixture.view.state, .active, "after")
    }

    @Test func `conversations stay with their account, and forgotten ones are not found again`() async throws {
        let fixture = try await Fixture()
        for index in 0..<4 { try await fixture.accounts.insert("a\(index)@example.com") }
        var served: [String: String] = [:]
        for index in 0..<12 {
            let lease = fixture.ask("r\(index)", session: "s\(index)")
            served["s\(index)"] = lease?.accountID
            fixture.report(lease, "r\(index)", .success)
        }
        await fixture.restart()
        for index in 0..<12 {
            let lease = fixture.ask("t\(index)", session: "s\(index)")
            expect(lease?.accountID, served["s\(index)"], "session \(index)")
            expect(lease?.sticky, .hit, "stuck")
            fixture.report(lease, "t\(index)", .success)
        }
        await eventually("written while it runs") { await fixture.rows("bindings") == 12 }
        fixture.desk.tell(.bindingsCleared)
        await fixture.restart()
        expect(fixture.desk.totals.bindings, 0, "cleared")
    }

    @Test func `only what changed is written of conversations`() async throws {
        let fixture = try await Fixture()
        try await fixture.accounts.insert()
        for index in 0..<3 { fixture.report(fixture.ask("r\(index)", session: "s\(index)"), "r\(index)", .success) }
        expect(fixture.desk.takeBindingChanges(isWhole: true).kept.count, 3, "whole")
        expect(fixture.desk.takeBindingChanges(isWhole: false).isEmpty, true, "nothing new")
        fixture.report(fixture.ask("u", session: "s1"), "u", .success)
        expect(fixture.desk.takeBindingChanges(isWhole: false).kept.map { $0.names[0].session }, ["s1"], "used")
        await fixture.accounts.store.apply(fixture.accounts.store.accounts[0].id) {
            $0.proxyDisabled = Account.Disabling(reason: nil, at: 1)
        }
        expect(fixture.desk.takeBindingChanges(isWhole: false).gone.count, 3, "gone with their account")
    }

    @Test func `a jump of the wall clock is written out of the stored moments`() async throws {
        let fixture = try await Fixture()
        try await fixture.accounts.insert()
        fixture.report(fixture.ask("r"), "r", .quota, resetAfter: 3 * 3_600_000)
        await eventually("written") { await fixture.rows("cells") == 1 }
        fixture.ahead = 86_400_000
        let end = WallClock.unixMilliseconds + fixture.ahead + 3 * 3_600_000
        await eventually("written anew") { @MainActor in
            let until = await fixture.telemetry.run { (connection) throws(StorageError) in
                try connection.integer("SELECT until FROM cells") ?? 0
            }
            return abs((until ?? 0) - end) < 10_000
        }
        await fixture.restart(isClean: false)
        #expect(abs((fixture.left ?? 0) - 3 * 3_600_000) < 10_000)
    }

    @Test func `no stored moment is further away than any lock can be, and a damaged table is an empty one`()
        async throws
    {
        let fixture = try await Fixture()
        try await fixture.accounts.insert()
        fixture.report(fixture.ask("r"), "r", .quota, resetAfter: 3 * 3_600_000)
        await fixture.keeper.stop()
        _ = await fixture.telemetry.run { (connection) throws(StorageError) in
            try connection.run("UPDATE cells SET until = until + 90000000000")
        }
        await fixture.restart(isClean: false)
        #expect((fixture.left ?? 0) > 7 * 86_400_000 && (fixture.left ?? 0) <= 8 * 86_400_000)
        _ = await fixture.telemetry.run { (connection) throws(StorageError) in
            try connection.run("DROP TABLE cells")
        }
        await fixture.restart(isClean: false)
        expect(fixture.view.cells, [], "started empty")
        #expect(fixture.ask("s") != nil)
    }

    @Test func `a request waits until what was kept is read, but not for ever`() async throws {
        let fixture = try await Fixture()
        try await fixture.accounts.insert()
        fixture.desk.awaitRestore(atMost: .seconds(60))
        expect(fixture.ask("r") == nil, true, "held back")
        fixture.desk.cancel(LeaseCancel(requestID: "r"), worker: 1)
        expect(fixture.ask("s") == nil, true, "held back")
        fixture.desk.restore(SavedSchedule())
        expect((fixture.sent.last as? LeaseGrant)?.requestID, "s", "granted")
        expect(fixture.desk.liveLeaseCount, 1, "the one that left is forgotten")
        fixture.desk.awaitRestore(atMost: .milliseconds(20))
        _ = fixture.ask("t")
        await eventually("granted") { (fixture.sent.last as? LeaseGrant)?.requestID == "t" }
    }

    @Test func `the operator waits for what was kept as requests do`() async throws {
        let fixture = try await Fixture()
        await fixture.desk.untilRestored()
        for end in [{ fixture.desk.restore(SavedSchedule()) }, fixture.desk.stop] {
            fixture.desk.awaitRestore(atMost: .seconds(60))
            var isOver = false
            let waiter = Task {
                await fixture.desk.untilRestored()
                isOver = true
            }
            await Task.yield()
            expect(isOver, false, "waits")
            end()
            await waiter.value
            await fixture.desk.untilRestored()
        }
        fixture.desk.awaitRestore(atMost: .milliseconds(20))
        await fixture.desk.untilRestored()
    }

    @Test func `what was kept never ends a lock that has begun since`() async throws {
        let fixture = try await Fixture()
        try await fixture.accounts.insert()
        fixture.report(fixture.ask("r"), "r", .quota, resetAfter: 600_000)
        var saved = SavedSchedule()
        saved.accounts = fixture.desk.savedAccounts
        fixture.desk.tell(.limitsCleared(account: nil))
        fixture.report(fixture.ask("s"), "s", .quota, resetAfter: 3 * 3_600_000)
        fixture.desk.restore(saved)
        #expect((fixture.left ?? 0) > 2 * 3_600_000)
    }
}
