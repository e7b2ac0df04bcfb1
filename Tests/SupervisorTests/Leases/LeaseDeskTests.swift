import APIErrors
import GoogleAPI
import IPC
import JSON
import Platform
import Scheduling
import Testing

@testable import Supervisor

/// Leases as workers see them: messages in, messages out.
@Suite @MainActor struct LeaseDeskTests {
    @MainActor final class Fixture {
        let accounts: AccountsFixture
        let desk: LeaseDesk
        private(set) var sent: [(worker: Int, message: any IPCMessage)] = []

        init() async throws {
            accounts = try await AccountsFixture()
            var settings = SchedulerSettings()
            settings.leasesPerAccountMax = 0
            desk = LeaseDesk(
                store: accounts.store,
                credentials: CredentialDesk(
                    store: accounts.store, tokens: accounts.tokens, projects: accounts.projects),
                settings: settings)
            accounts.store.onChange = { [unowned desk] in desk.accountsChanged() }
            desk.send = { [unowned self] in sent.append(($0, $1)) }
        }

        func ask(_ id: String, worker: Int = 1, attempt: UInt32 = 1) {
            desk.request(Self.ask(id, attempt: attempt), worker: worker)
        }

        static func ask(_ id: String, attempt: UInt32 = 1) -> LeaseRequest {
            LeaseRequest(
                requestID: id, attempt: attempt, apiKeyID: "none", dialect: .openAIChat, isStream: true,
                upstreamModel: "gemini-3-flash", bodyDigest: [],
                scheduleMillisecondsLeft: 90_000, totalMillisecondsLeft: 590_000)
        }

        func report(
            _ lease: LeaseTerms, _ id: String, _ outcome: OutcomeClass, excerpt: String = "", retryAfter: UInt64? = nil
        ) {
            desk.outcome(
                LeaseOutcome(
                    requestID: id, attempt: 1,
                    outcome: AttemptOutcome(
                        leaseID: lease.leaseID, outcomeClass: outcome.rawValue, retryAfterMilliseconds: retryAfter,
                        isContentCommitted: false, endpoint: 0, durationMilliseconds: 5, excerpt: excerpt),
                    wantsNext: true, scheduleMillisecondsLeft: 80_000),
                worker: 1)
        }

        func end(_ id: String, after milliseconds: UInt32) {
            let record = ExchangeRecord(
                arrivedAtUnixMilliseconds: 0, method: "POST", target: "/", status: 200,
                durationMilliseconds: milliseconds, apiKeyID: "none", family: 0, isStream: false, clientAddress: "")
            desk.exchangeEnd(ExchangeEnd(number: 1, requestID: id, record: record), worker: 1)
        }

        func grants() -> [LeaseGrant] { sent.compactMap { $0.message as? LeaseGrant } }
        func verdicts() -> [LeaseVerdict] { sent.compactMap { $0.message as? LeaseVerdict } }
    }

    @Test func `a lease whose token is at hand is granted in the same turn, with all that the attempt needs`()
        async throws
    {
        let fixture = try await Fixture()
        let account = try await fixture.accounts.insert()
        fixture.ask("r1", worker: 7)
        let grant = try #require(fixture.grants().first)
        expect(fixture.sent[0].worker, 7, "worker")
        expect([grant.requestID, "\(grant.attempt)"], ["r1", "1"], "request")
        expect(grant.lease.credential.value, account.token?.accessToken, "credential")
        expect(grant.lease.projectID, "project-0", "project")
        expect(grant.lease.upstreamModel, "gemini-3-flash", "model")
        expect(grant.lease.accountLabel, nil, "the account is not named")
        expect(grant.lease.leaseID.utf8.count <= 15, true, "a lease id stands within its String")
        expect("\(grant)".contains("ya29"), false, "a printed grant shows no credential")
        fixture.desk.terms.exposesAccount = true
        fixture.ask("r2")
        expect(fixture.grants().last?.lease.accountLabel, "a@example.com", "unless the operator wants it")
    }

    @Test func `fifty requests on an expired token wait for one refresh`() async throws {
        let fixture = try await Fixture()
        try await fixture.accounts.insert(expiresIn: 0)
        for index in 0..<50 { fixture.ask("r\(index)") }
        expect(fixture.grants().count, 0, "nothing before the refresh")
        await eventually("granted") { fixture.grants().count == 50 }
        expect(fixture.accounts.google.count(FakeGoogle.token), 1, "refreshes")
        expect(Set(fixture.grants().map(\.lease.credential.value)), ["ya29.first"], "credential")
    }

    @Test func `a request that nobody can serve is denied with the situation the worker renders`() async throws {
        let fixture = try await Fixture()
        fixture.ask("r")
        let deny = try #require(fixture.sent.first?.message as? LeaseDeny)
        expect(deny.final.situation, Situation.noAccounts.rawValue, "situation")
        expect(fixture.desk.liveLeaseCount, 0, "leases")
    }

    @Test func `an account whose refresh token is revoked is passed over, and the last one ends the request`()
        async throws
    {
        let fixture = try await Fixture()
        fixture.accounts.google.set(FakeGoogle.token, TokenKeeperTests.invalidGrant, status: 400)
        try await fixture.accounts.insert("dead@example.com", expiresIn: 0)
        let living = try await fixture.accounts.insert("living@example.com")
        fixture.ask("r")
        await eventually("granted") { !fixture.grants().isEmpty }
        expect(fixture.grants().map(\.lease.accountID), [living.id], "account")
        expect(fixture.accounts.store.accounts[0].disabled == nil, false, "disabled")
        await fixture.accounts.store.apply(living.id) { $0.proxyDisabled = Account.Disabling(reason: nil, at: 1) }
        expect((fixture.sent.last?.message as? LeaseRevoke)?.leaseID, fixture.grants()[0].lease.leaseID, "revoked")
        fixture.ask("s")
        expect(
            (fixture.sent.last?.message as? LeaseDeny)?.final.situation, Situation.accountsUnusable.rawValue, "denied")
    }

    @Test func `a refused or missing OAuth client takes no account out, and the client hears whose fault it is`()
        async throws
    {
        let fixture = try await Fixture()
        let client = fixture.accounts.tokens.client
        fixture.accounts.google.set(FakeGoogle.token, ["error": "invalid_client"], status: 401)
        let account = try await fixture.accounts.insert(expiresIn: 0)
        func denial(_ id: String) async throws -> LeaseDeny {
            fixture.ask(id)
            await eventually("\(id) denied") { (fixture.sent.last?.message as? LeaseDeny)?.requestID == id }
            return try #require(fixture.sent.last?.message as? LeaseDeny)
        }
        let refused = try await denial("refused")
        expect(refused.final.situation, Situation.accountsUnusable.rawValue, "situation")
        expect(refused.final.message.contains("OAuth client"), true, refused.final.message)
        fixture.accounts.tokens.client = nil
        _ = try await denial("missing")
        expect(fixture.desk.views.map(\.state), [.active], "state")
        // A token that the upstream refuses needs the client as well.
        await fixture.accounts.store.apply(account.id) { $0.token?.expiresAt += 3_600 }
        fixture.ask("stale")
        fixture.report(try #require(fixture.grants().last).lease, "stale", .auth)
        await eventually("stale ended") { !fixture.verdicts().isEmpty }
        expect(fixture.verdicts()[0].final?.message, refused.final.message, "the client is to blame")
        await fixture.accounts.store.apply(account.id) { $0.token?.expiresAt = 0 }
        fixture.accounts.google.set(FakeGoogle.token, ["access_token": "ya29.mended", "expires_in": 3600])
        fixture.accounts.tokens.client = client
        fixture.ask("mended")
        await eventually("granted") { fixture.grants().last?.lease.credential.value == "ya29.mended" }
    }

    @Test(arguments: [Int.min, Int.max])
    func `an account stored with moments that cannot be is read, leased and looked at`(moment: Int) async throws {
        let fixture = try await Fixture()
        let account = try await fixture.accounts.insert()
        try await fixture.accounts.database.change { (connection) throws(StorageError) in
            try connection.run(
                """
                UPDATE accounts SET expires_in = ?1, expires_at = ?1, created_at = ?1, last_used = ?1, disabled_at = ?1,
                    disabled_reason = 'invalid_grant', proxy_disabled_at = ?1,
                    quota = '{"models":[{"name":"m","percentage":' || ?1 || '}],"last_updated":' || ?1 || '}'
                """, [.integer(moment)])
        }
        let store = try await AccountStore.load(fixture.accounts.database)
        let tokens = TokenKeeper(store: store, calls: fixture.accounts.calls, client: nil)
        tokens.start()
        await Task.yield()
        tokens.stop()
        await store.apply(account.id) { $0.disabled = nil }
        let desk = LeaseDesk(
            store: store,
            credentials: CredentialDesk(store: store, tokens: tokens, projects: fixture.accounts.projects),
            settings: SchedulerSettings())
        var answers: [any IPCMessage] = []
        desk.send = { answers.append($1) }
        desk.request(Fixture.ask("r"), worker: 1)
        await eventually("answer") { !answers.isEmpty }
        expect(answers[0] is LeaseGrant, moment > 0, "\(answers[0])")
    }

    @Test func `a refused access token is refreshed for the same account, and for it alone`() async throws {
        let fixture = try await Fixture()
        let account = try await fixture.accounts.insert()
        fixture.ask("r")
        fixture.report(fixture.grants()[0].lease, "r", .auth)
        await eventually("verdict") { !fixture.verdicts().isEmpty }
        let verdict = fixture.verdicts()[0]
        expect(verdict.action, .same, "action")
        expect(verdict.lease?.accountID, account.id, "account")
        expect(verdict.lease?.credential.value, "ya29.first", "credential")
        expect(verdict.leaseID, fixture.grants()[0].lease.leaseID, "answered lease")
    }

    @Test func `a refused project is found anew before the same account is asked again`() async throws {
        let fixture = try await Fixture()
        try await fixture.accounts.insert()
        fixture.ask("r")
        fixture.report(fixture.grants()[0].lease, "r", .projectInvalid)
        await eventually("verdict") { !fixture.verdicts().isEmpty }
        expect(fixture.verdicts()[0].lease?.projectID, "project-1", "project")
    }

    @Test func `the end tells what Google said where the request is at fault, and nothing of it elsewhere`()
        async throws
    {
        let fixture = try await Fixture()
        try await fixture.accounts.insert()
        for (outcome, isTold) in [(OutcomeClass.badRequest, true), (.forbidden, false)] {
            fixture.ask("r-\(outcome)")
            fixture.report(fixture.grants().last!.lease, "r-\(outcome)", outcome, excerpt: "what Google said")
            let final = try #require(fixture.verdicts().last?.final)
            expect(final.message == "what Google said", isTold, "\(outcome): \(final.message)")
        }
        expect(fixture.desk.liveLeaseCount, 0, "leases")
    }

    @Test func `leases end with their exchange and with their worker`() async throws {
        let fixture = try await Fixture()
        try await fixture.accounts.insert()
        for index in 0..<5 { fixture.ask("r\(index)", worker: index % 2) }
        expect(fixture.desk.liveLeaseCount, 5, "out")
        fixture.desk.exchangeEnd(ExchangeEnd(number: 1, requestID: "r0"), worker: 0)
        expect(fixture.desk.liveLeaseCount, 4, "after an exchange")
        fixture.desk.cancel(LeaseCancel(requestID: "r1"), worker: 1)
        fixture.desk.workerGone(0)
        expect(fixture.desk.liveLeaseCount, 1, "after a worker")
        fixture.desk.workerGone(1)
        expect(fixture.desk.liveLeaseCount, 0, "after both")
    }

    @Test func `the end of an exchange frees what its request holds, whatever its outcome is of`() async throws {
        let fixture = try await Fixture()
        for mailbox in ["a@example.com", "b@example.com"] { try await fixture.accounts.insert(mailbox) }
        fixture.ask("r")
        fixture.ask("s")
        let (first, other) = (fixture.grants()[0].lease, fixture.grants()[1].lease)
        fixture.report(first, "r", .forbidden)
        expect(fixture.verdicts().last?.action, .other, "another lease")
        expect(fixture.desk.liveLeaseCount, 2, "out")
        for (id, lease, left) in [("r", first, 1), ("s", first, 0), ("t", other, 0)] {
            let outcome = AttemptOutcome(
                leaseID: lease.leaseID, outcomeClass: OutcomeClass.success.rawValue, isContentCommitted: true,
                endpoint: 0, durationMilliseconds: 5)
            fixture.desk.exchangeEnd(ExchangeEnd(number: 1, requestID: id, outcome: outcome), worker: 1)
            expect(fixture.desk.liveLeaseCount, left, "after \(id)")
        }
    }

    @Test func `a pause before the next attempt is time that the request waits`() async throws {
        let fixture = try await Fixture()
        try await fixture.accounts.insert()
        fixture.ask("r")
        fixture.report(fixture.grants()[0].lease, "r", .rate, retryAfter: 1_200)
        expect(fixture.verdicts().last?.delayMilliseconds, 1_300, "pause")
        fixture.end("r", after: 1_310)
        let meter = fixture.desk.meter
        expect([meter.upstreamMilliseconds, meter.exchanges], [5, 1], "upstream")
        expect(meter.waitingMilliseconds >= 1_300 && meter.ownMilliseconds <= 5, true, "own \(meter.ownMilliseconds)")
    }

    @Test func `a client that leaves the line has waited until then`() async throws {
        let fixture = try await Fixture()
        var settings = fixture.desk.scheduler.settings
        settings.leasesPerAccountMax = 1
        fixture.desk.change(to: settings)
        try await fixture.accounts.insert()
        fixture.ask("first")
        fixture.ask("second")
        expect(fixture.sent.last?.message is LeaseWait, true, "waits")
        try await Task.sleep(for: .milliseconds(60))
        fixture.desk.cancel(LeaseCancel(requestID: "second"), worker: 1)
        try await Task.sleep(for: .milliseconds(60))
        fixture.end("second", after: 130)
        expect((50..<110).contains(fixture.desk.meter.waitingMilliseconds), true, "until it left")
    }

    @Test func `a lease carries its account as it is by then`() async throws {
        let fixture = try await Fixture()
        let account = try await fixture.accounts.insert()
        func granted(_ id: String) -> LeaseTerms? {
            fixture.ask(id)
            return fixture.grants().last?.lease
        }
        let first = granted("r1")
        expect(granted("r2")?.account === first?.account, true, "nothing has changed")
        await fixture.accounts.store.apply(account.id) {
            $0.token?.accessToken = "ya29.other"
            $0.projectID = "project-9"
        }
        let next = granted("r3")
        expect([next?.credential.value, next?.projectID], ["ya29.other", "project-9"], "changed")
        await fixture.accounts.store.apply(account.id) { $0.token?.expiresAt = 0 }
        let count = fixture.grants().count
        fixture.ask("r4")
        expect(fixture.grants().count, count, "an old token is not at hand")
        fixture.desk.terms.egressProxy = "http://proxy:3128"
        await eventually("refreshed") { fixture.grants().count > count }
        expect(fixture.grants().last?.lease.egressProxy, "http://proxy:3128", "the configuration counts")
    }

    @Test(arguments: OutcomeClass.allCases)
    func `every class a worker can report has a meaning for the scheduler`(outcome: OutcomeClass) {
        let same = AttemptClass(wire: outcome.rawValue)
        let name = outcome == .bare429 ? "bareRefusal" : "\(outcome)"
        expect("\(same)", name, "class")
    }
}
