import GoogleAPI
import IPC
import JSON
import Scheduling
import Testing

@testable import Supervisor

/// Leases of accounts with an API key.
@Suite @MainActor struct KeyLeaseTests {
    private static let models = "/v1beta/models"
    private static let key = "AIza-0123456789-secret"

    private func fixture() async throws -> LeaseDeskTests.Fixture {
        let fixture = try await LeaseDeskTests.Fixture()
        fixture.desk.keys = KeyKeeper(store: fixture.accounts.store, calls: fixture.accounts.calls)
        fixture.accounts.google.set(Self.models, ["models": []])
        _ = try await fixture.accounts.adder.add(apiKey: Self.key, label: "Home").get()
        return fixture
    }

    @Test func `a lease carries the kind and the key, and prints neither`() async throws {
        let fixture = try await fixture()
        fixture.ask("r")
        let grant = try #require(fixture.grants().first)
        expect(grant.lease.accountKind, .geminiKey, "kind")
        expect(grant.lease.credential.value, Self.key, "credential")
        expect(grant.lease.projectID, nil, "project")
        expect(grant.lease.account.tokenExpiresAtUnixMilliseconds, nil, "expiry")
        expect("\(grant)".contains(Self.key), false, "a printed grant shows no key")
    }

    @Test func `a refused key disables its account for good, with Google's words`() async throws {
        let fixture = try await fixture()
        fixture.ask("r")
        fixture.report(fixture.grants()[0].lease, "r", .invalidGrant, excerpt: "API key not valid.")
        await eventually("disabled") { fixture.accounts.store.accounts[0].disabled != nil }
        expect(fixture.accounts.store.accounts[0].disabled?.reason, "api_key_invalid: API key not valid.", "reason")
        // A write that waits behind this one is done when that one is.
        await fixture.accounts.store.apply(fixture.accounts.store.accounts[0].id) { $0.lastUsed += 1 }
        expect(try await fixture.accounts.stored().first?.disabled == nil, false, "stored")
        fixture.ask("s")
        expect((fixture.sent.last?.message as? LeaseDeny) != nil, true, "nobody is left")
        // The same key again, which Google takes now.
        _ = try await fixture.accounts.adder.add(apiKey: Self.key, label: "home").get()
        fixture.ask("t")
        expect(fixture.grants().last?.requestID, "t", "serves again")
    }

    @Test func `a look at the key enables its account when Google takes it, and changes nothing when not`() async throws
    {
        let fixture = try await fixture()
        let id = fixture.accounts.store.accounts[0].id
        let keeper = try #require(fixture.desk.keys)
        await keeper.disable(id, saying: "no")
        fixture.accounts.google.set(
            Self.models, ["error": ["code": 400, "status": "INVALID_ARGUMENT", "message": "API key not valid."]],
            status: 400)
        expect(await keeper.check(id), .invalidGrant, "refused")
        expect(fixture.accounts.store[id]?.disabled == nil, false, "still disabled")
        fixture.accounts.google.set(Self.models, ["error": ["code": 403, "message": "blocked"]], status: 403)
        expect(await keeper.check(id), .forbidden, "forbidden")
        fixture.accounts.google.set(Self.models, ["models": []])
        expect(await keeper.check(id), .success, "taken")
        expect(fixture.accounts.store[id]?.disabled == nil, true, "enabled")
    }
}
