import GoogleAPI
import JSON
import Platform
import Testing

@testable import Supervisor

@Suite @MainActor struct TokenKeeperTests {
    nonisolated static let invalidGrant: JSONValue = [
        "error": "invalid_grant", "error_description": "Token has been revoked.",
    ]

    @Test func `a fresh token is used without asking anybody`() async throws {
        let fixture = try await AccountsFixture()
        let account = try await fixture.insert(expiresIn: 3_600)
        expect(try await fixture.tokens.token(for: account.id).get().accessToken, account.token?.accessToken, "token")
        expect(fixture.google.calls.count, 0, "calls")
    }

    @Test func `fifty who need the same expired token cause one refresh, and it is stored`() async throws {
        let fixture = try await AccountsFixture()
        fixture.google.set(
            FakeGoogle.token, ["access_token": "ya29.new", "expires_in": 3600, "refresh_token": "1//rotated"],
            delay: .milliseconds(30))
        let account = try await fixture.insert(expiresIn: 200)
        let asking = (0..<50).map { _ in Task { await fixture.tokens.token(for: account.id) } }
        for task in asking { expect(try await task.value.get().accessToken, "ya29.new", "token") }
        expect(fixture.google.count(FakeGoogle.token), 1, "refreshes")
        expect(try await fixture.stored()[0].token?.refreshToken, "1//rotated", "a new refresh token is kept")
    }

    @Test func `a refused token is refreshed only if nobody has refreshed it since`() async throws {
        let fixture = try await AccountsFixture()
        let account = try await fixture.insert()
        let before = fixture.tokens.generation(account.id)
        expect(
            try await fixture.tokens.token(for: account.id, after: before).get().accessToken, "ya29.first", "refreshed")
        expect(
            try await fixture.tokens.token(for: account.id, after: before).get().accessToken, "ya29.first", "current")
        expect(fixture.google.count(FakeGoogle.token), 1, "refreshes")
    }

    @Test func `an old token that still lives serves while the token endpoint fails, and nobody is disabled`()
        async throws
    {
        let fixture = try await AccountsFixture()
        fixture.google.set(FakeGoogle.token, ["error": "internal"], status: 503)
        let living = try await fixture.insert("living@example.com", expiresIn: 200)
        let dead = try await fixture.insert("dead@example.com", expiresIn: 5)
        async let first = fixture.tokens.token(for: living.id)
        async let second = fixture.tokens.token(for: dead.id)
        expect(try? await first.get().accessToken, living.token?.accessToken, "living")
        expect(await second, .failure(.transient), "dead")
        expect(fixture.google.count(FakeGoogle.token), 6, "three tries for each")
        expect(fixture.store.accounts.allSatisfy { $0.disabled == nil }, true, "enabled")
        expect(await fixture.tokens.token(for: dead.id), .failure(.transient), "held")
        expect(fixture.google.count(FakeGoogle.token), 6, "not asked again at once")
    }

    @Test func `a revoked refresh token disables the account at once and for good`() async throws {
        let fixture = try await AccountsFixture(confirmingDelay: .milliseconds(20))
        fixture.google.set(FakeGoogle.token, Self.invalidGrant, status: 400)
        var changes = 0
        fixture.store.onChange = { changes += 1 }
        let account = try await fixture.insert(expiresIn: 0)
        let answer = await fixture.tokens.token(for: account.id)
        expect(answer, .failure(.invalidGrant(code: "invalid_grant", text: "Token has been revoked.")), "answer")
        let stored = try await fixture.stored()[0]
        expect(stored.disabled?.reason, "invalid_grant: Token has been revoked.", "reason")
        expect(fixture.store.pooledCount, 0, "pool")
        expect(changes > 0, true, "the scheduler is told")
        await eventually("confirming refresh") { fixture.google.count(FakeGoogle.token) == 2 }
        try await Task.sleep(for: .milliseconds(80))
        expect(fixture.google.count(FakeGoogle.token), 2, "one confirming refresh, then never again")
        expect(fixture.store[account.id]?.disabled == nil, false, "still disabled")
    }

    @Test func `a confirming refresh that succeeds enables the account again`() async throws {
        let fixture = try await AccountsFixture(confirmingDelay: .milliseconds(20))
        fixture.google.set(
            FakeGoogle.token,
            [
                FakeGoogle.Reply(status: 400, body: Self.invalidGrant),
                FakeGoogle.Reply(body: ["access_token": "ya29.back", "expires_in": 3600]),
            ])
        let account = try await fixture.insert(expiresIn: 0)
        _ = await fixture.tokens.token(for: account.id)
        await eventually("enabled") { fixture.store[account.id]?.disabled == nil }
        expect(fixture.store[account.id]?.token?.accessToken, "ya29.back", "token")
    }

    @Test func `a refusal that the process before did not live to confirm is confirmed at the start`() async throws {
        let fixture = try await AccountsFixture()
        let now = WallClock.unixSeconds
        let refusals = [("due", "invalid_grant: x", 61), ("old", "invalid_grant: x", 200_000), ("own", "holiday", 61)]
        for (name, reason, age) in refusals {
            let account = try await fixture.insert("\(name)@example.com", expiresIn: 0)
            await fixture.store.apply(account.id) { $0.disabled = Account.Disabling(reason: reason, at: now - age) }
        }
        fixture.tokens.start()
        await eventually("enabled") { fixture.store.account(email: "due@example.com")?.disabled == nil }
        try await Task.sleep(for: .milliseconds(50))
        expect(fixture.google.count(FakeGoogle.token), 1, "nobody else is asked about")
        expect(fixture.store.pooledCount, 1, "pool")
        fixture.tokens.stop()
    }

    @Test func `a refusal of a moment ago is not confirmed before its time`() async throws {
        let fixture = try await AccountsFixture()
        let account = try await fixture.insert(expiresIn: 0)
        let now = WallClock.unixSeconds
        await fixture.store.apply(account.id) { $0.disabled = Account.Disabling(reason: "invalid_grant: x", at: now) }
        fixture.tokens.start()
        try await Task.sleep(for: .milliseconds(50))
        expect(fixture.google.count(FakeGoogle.token), 0, "calls")
        fixture.tokens.stop()
    }

    @Test(arguments: ["invalid_client", "unauthorized_client", "invalid_scope"])
    func `a refused OAuth client is no account's fault`(code: String) async throws {
        let fixture = try await AccountsFixture()
        fixture.google.set(FakeGoogle.token, ["error": .string(code)], status: 401)
        let account = try await fixture.insert(expiresIn: 0)
        expect(await fixture.tokens.token(for: account.id), .failure(.configuration(code)), "answer")
        expect(fixture.store[account.id]?.disabled == nil, true, "enabled")
        expect(await fixture.tokens.token(for: account.id), .failure(.configuration(code)), "held")
        expect(fixture.google.count(FakeGoogle.token), 1, "not asked again at once")
        let living = try await fixture.insert("living@example.com", expiresIn: 200)
        expect(await fixture.tokens.token(for: living.id), .success(living.token!), "an old token serves")
    }

    @Test func `another OAuth client is tried at once`() async throws {
        let fixture = try await AccountsFixture()
        fixture.google.set(
            FakeGoogle.token,
            [
                FakeGoogle.Reply(status: 401, body: ["error": "invalid_client"]),
                FakeGoogle.Reply(body: ["access_token": "ya29.mended", "expires_in": 3600]),
            ])
        let account = try await fixture.insert(expiresIn: 0)
        _ = await fixture.tokens.token(for: account.id)
        fixture.tokens.client = OAuthClient(id: "client", secret: "mended")
        expect(try await fixture.tokens.token(for: account.id).get().accessToken, "ya29.mended", "token")
    }

    @Test func `accounts are refreshed at different times before their tokens end`() {
        let leads = (0..<100).map { TokenKeeper.lead("account-\($0)") }
        expect(leads.allSatisfy { (300..<900).contains($0) }, true, "\(leads)")
        expect(Set(leads).count > 50, true, "spread")
    }
}
