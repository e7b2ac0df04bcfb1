import JSON
import Platform
import Testing

@testable import Supervisor

@Suite @MainActor struct AccountImporterTests {
    private static func login(_ token: String, email: String? = nil) -> ImportSource.Login {
        ImportSource.Login(name: email ?? token, refreshToken: token, email: email)
    }

    private static func importer(_ fixture: AccountsFixture) -> AccountImporter {
        AccountImporter(adder: fixture.adder, store: fixture.store)
    }

    @Test func `the four fixtures of an editor's database become the same account`() async throws {
        let fixture = try await AccountsFixture()
        let home = ImportReaderTests.Home()
        let databases: [[String: String]] = [
            [EditorLogin.oldKey: EditorLoginTests.old], [EditorLogin.newKey: EditorLoginTests.new],
            [EditorLogin.newKey: EditorLoginTests.nested],
            [EditorLogin.newKey: EditorLoginTests.new, EditorLogin.projectKey: EditorLoginTests.project],
        ]
        var ids: Set<String> = []
        for (index, values) in databases.enumerated() {
            // Google names no project of its own, so the one of the company stays.
            if index == 3 { fixture.google.set(FakeGoogle.load, ["currentTier": ["id": "free-tier"]]) }
            let source = try await home.reader.read(try home.database("\(index).vscdb", values))
            let outcome = await Self.importer(fixture).run(source, keepsUnchecked: false)
            for account in outcome.imported { ids.insert(account.id) }
            expect(outcome.failures.count, 0, "failures")
        }
        expect(ids.count, 1, "accounts")
        expect(try await fixture.stored().map(\.token?.refreshToken), [EditorLoginTests.token], "token")
        expect(try await fixture.stored().map(\.projectID), ["demo-project-1"], "project")
    }

    @Test func `a login that Google refuses is kept only where that is wanted, and disabled`() async throws {
        let fixture = try await AccountsFixture()
        fixture.google.set(FakeGoogle.token, TokenKeeperTests.invalidGrant, status: 400)
        var source = ImportSource()
        source.add(Self.login("1//dead", email: "dead@x"))
        source.add(Self.login("1//nameless"))
        let strict = await Self.importer(fixture).run(source, keepsUnchecked: false)
        expect(strict.failures.map(\.error.code), [.invalidGrant, .invalidGrant], "strict")
        expect(fixture.store.accounts.count, 0, "nothing is stored")
        let outcome = await Self.importer(fixture).run(source, keepsUnchecked: true)
        expect(outcome.imported.map(\.email), ["dead@x"], "kept")
        expect(outcome.imported.first?.disabled?.reason?.hasPrefix("invalid_grant: "), true, "disabled")
        expect(outcome.failures.map(\.name), ["1//nameless"], "whose it is must be known")
        expect(try await fixture.stored().map { $0.disabled != nil }, [true], "stored")
    }

    @Test func `a login that could not be checked waits for its first use, and replaces nothing`() async throws {
        let fixture = try await AccountsFixture()
        let known = try await fixture.insert("known@x", refreshToken: "1//good")
        fixture.google.set(FakeGoogle.token, [:], status: 503)
        var source = ImportSource()
        source.add(Self.login("1//new", email: "new@x"))
        source.add(Self.login("1//stale", email: "KNOWN@x"))
        let outcome = await Self.importer(fixture).run(source, keepsUnchecked: true)
        expect(outcome.imported.map(\.email), ["new@x"], "kept")
        expect(outcome.imported.first?.disabled == nil, true, "enabled")
        expect(outcome.imported.first?.token?.isUsable(now: WallClock.unixSeconds), false, "its token must be fetched")
        expect(fixture.store[known.id]?.token?.refreshToken, "1//good", "the known account")
        expect(outcome.failures.map(\.error.code), [.upstreamError], "the stale login")
    }

    @Test func `the e-mail of the index stands in when Google does not say whose login it is`() async throws {
        let fixture = try await AccountsFixture()
        fixture.google.set(FakeGoogle.userinfo, [:], status: 500)
        var source = ImportSource()
        source.add(Self.login("1//a", email: "a@x"))
        let outcome = await Self.importer(fixture).run(source, keepsUnchecked: true)
        expect(outcome.imported.map(\.email), ["a@x"], "account")
        expect(outcome.imported.first?.token?.accessToken, "ya29.first", "its token is Google's")
    }

    @Test func `an order that the operator makes during an import stays, and the new accounts follow`() async throws {
        let fixture = try await AccountsFixture()
        for name in ["a", "b", "c"] { try await fixture.insert("\(name)@x") }
        // The second login is through long before the first.
        fixture.google.set(
            FakeGoogle.token,
            [
                FakeGoogle.Reply(body: ["access_token": "ya29.slow", "expires_in": 3600], delay: .milliseconds(150)),
                FakeGoogle.Reply(body: ["access_token": "ya29.fast", "expires_in": 3600]),
            ])
        fixture.google.set(FakeGoogle.userinfo, [:], status: 500)
        var source = ImportSource()
        source.add(Self.login("1//slow", email: "slow@x"))
        source.add(Self.login("1//fast", email: "fast@x"))
        let flight = Task { [source] in await Self.importer(fixture).run(source, keepsUnchecked: true) }
        await eventually("one is stored") { fixture.store.accounts.count == 4 }
        try await fixture.store.reorder(fixture.store.accounts.map(\.id).reversed())
        expect(await flight.value.imported.count, 2, "imported")
        expect(fixture.store.accounts.map(\.email), ["c@x", "b@x", "a@x", "slow@x", "fast@x"], "order")
        expect(try await fixture.stored().map(\.id), fixture.store.accounts.map(\.id), "stored")
    }

    @Test func `many logins of one mailbox are one account, and one token comes once`() async throws {
        let fixture = try await AccountsFixture()
        var source = ImportSource()
        for index in 0..<10 { source.add(Self.login("1//\(index % 5)")) }
        expect([source.logins.count, source.skipped.count], [5, 5], "the same token")
        let outcome = await Self.importer(fixture).run(source, keepsUnchecked: false)
        expect(outcome.imported.count, 1, "accounts")
    }
}
