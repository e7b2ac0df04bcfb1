import JSON
import Platform
import Scheduling
import Testing

@testable import Supervisor

/// Making another account the current one.
@Suite @MainActor struct AccountSwitchTests {
    @MainActor struct Fixture {
        let accounts: AccountsFixture
        let switching: AccountSwitch

        init() async throws {
            accounts = try await AccountsFixture()
            let desk = LeaseDesk(
                store: accounts.store,
                credentials: CredentialDesk(
                    store: accounts.store, tokens: accounts.tokens, projects: accounts.projects),
                settings: SchedulerSettings())
            switching = AccountSwitch(store: accounts.store, tokens: accounts.tokens, leases: desk)
        }
    }

    @Test func `one switch at a time`() async throws {
        let fixture = try await Fixture()
        try await fixture.accounts.insert("a@x.com")
        let second = try await fixture.accounts.insert("b@x.com", expiresIn: 0)
        fixture.accounts.google.set(
            FakeGoogle.token, ["access_token": "ya29.new", "expires_in": 3600], delay: .milliseconds(100))
        let switching = fixture.switching
        let first = Task { try await switching.run(to: second.id) }
        await Task.yield()
        await eventually("asked") { fixture.accounts.google.count(FakeGoogle.token) == 1 }
        await #expect(throws: AccountSwitch.Failure.underWay) { try await switching.run(to: second.id) }
        try await first.value
        expect(fixture.accounts.store.currentID, second.id, "current")
        expect(fixture.accounts.store[second.id]?.token?.accessToken, "ya29.new", "the due token was refreshed")
        try await switching.run(to: second.id)
    }

    nonisolated static let failures: [(status: Int, error: JSONValue, failure: AccountSwitch.Failure)] = [
        (400, "invalid_grant", .reauthorisation), (401, "invalid_client", .client("invalid_client")),
    ]

    @Test(arguments: failures.indices) func `a switch that fails leaves the current account`(row: Int) async throws {
        let fixture = try await Fixture()
        let first = try await fixture.accounts.insert("a@x.com")
        let second = try await fixture.accounts.insert("b@x.com", expiresIn: 0)
        let (status, error, failure) = Self.failures[row]
        fixture.accounts.google.set(FakeGoogle.token, ["error": error], status: status)
        await #expect(throws: failure) { try await fixture.switching.run(to: second.id) }
        expect(fixture.accounts.store.currentID, first.id, "current")
        expect(fixture.accounts.store[second.id]?.deviceProfile, nil, "profile")
        await #expect(throws: AccountSwitch.Failure.unknown) { try await fixture.switching.run(to: "unknown") }
    }

    @Test func `an account gets one profile and keeps it`() async throws {
        let fixture = try await Fixture()
        let account = try await fixture.accounts.insert()
        try await fixture.switching.run(to: account.id)
        let profile = try #require(fixture.accounts.store[account.id]?.deviceProfile)
        try await fixture.switching.run(to: account.id)
        expect(fixture.accounts.store[account.id]?.deviceProfile, profile, "profile")
        expect(try await fixture.accounts.stored()[0].deviceProfile, profile, "stored")
    }
}
