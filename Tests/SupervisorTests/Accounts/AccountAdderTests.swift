import GoogleAPI
import JSON
import Platform
import Scheduling
import Testing

@testable import Supervisor

@Suite @MainActor struct AccountAdderTests {
    @Test func `an account is whose the token says, with project, tier and quota`() async throws {
        let fixture = try await AccountsFixture()
        let account = try await fixture.add()
        expect(account.email, "Ann@Example.com", "e-mail")
        expect(account.name, "Ann", "name")
        expect(account.projectID, "project-1", "project")
        expect(
            account.quota?.models.map { "\($0.name) \($0.percentage)" }, ["claude-sonnet-4-5 0", "gemini-3-flash 87"],
            "quota: a missing fraction is zero, a missing quota is unknown")
        expect(account.quota?.subscriptionTier, "free-tier", "tier")
        expect(fixture.store.currentID, account.id, "the first account is the current one")
        expect(try await fixture.stored(), [account], "stored")
        expect(fixture.quota.models.models["gemini-3-flash"]?.outputTokensMax, 65536, "model limits")
    }

    @Test func `the same mailbox is one account, however it is spelled and however many add it at once`() async throws {
        let fixture = try await AccountsFixture()
        let first = try await fixture.add("1//one")
        await fixture.store.apply(first.id) { account in
            account.proxyDisabled = Account.Disabling(reason: "mine", at: 1)
            account.disabled = Account.Disabling(reason: "invalid_grant", at: 1)
        }
        fixture.google.set(FakeGoogle.userinfo, ["email": "ANN@example.COM"], delay: .milliseconds(10))
        fixture.google.set(FakeGoogle.load, ["error": ["code": 500]], status: 500)
        fixture.google.set(FakeGoogle.token, ["access_token": "ya29.second", "expires_in": 3600])
        let adding = (0..<8).map { index in Task { try await fixture.add("1//two-\(index % 4)").id } }
        var ids: Set<String> = []
        for task in adding { ids.insert(try await task.value) }
        expect(ids, [first.id], "ids")
        let account = try #require(fixture.store[first.id])
        expect(account.email, "Ann@Example.com", "spelled as first seen")
        expect(account.name, "Ann", "a missing name replaces nothing")
        expect(account.projectID, "project-1", "a missing project replaces nothing")
        expect(account.token?.accessToken, "ya29.second", "token")
        expect(account.disabled == nil, true, "enabled again")
        expect(account.proxyDisabled?.reason, "mine", "what the operator set stays")
        expect(try await fixture.stored(), fixture.store.accounts, "stored")
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let path: String
        let status: Int
        let body: JSONValue
        let failure: AccountAdder.Failure
        var testDescription: String { "\(path) \(status)" }
    }

    nonisolated static let refusals: [Refusal] = [
        Refusal(
            path: FakeGoogle.token, status: 400, body: TokenKeeperTests.invalidGrant,
            failure: .invalidGrant(code: "invalid_grant", text: "Token has been revoked.")),
        Refusal(
            path: FakeGoogle.token, status: 401, body: ["error": "invalid_client"],
            failure: .clientRefused("invalid_client")),
        Refusal(
            path: FakeGoogle.token, status: 503, body: [:], failure: .upstream("Google's token service does not answer")
        ),
        Refusal(
            path: FakeGoogle.userinfo, status: 500, body: [:],
            failure: .upstream("Google did not say whose account it is")),
        Refusal(
            path: FakeGoogle.userinfo, status: 200, body: ["name": "no address"],
            failure: .upstream("Google did not say whose account it is")),
    ]

    @Test(arguments: refusals)
    func `nothing is stored when Google refuses`(row: Refusal) async throws {
        let fixture = try await AccountsFixture()
        fixture.google.set(row.path, row.body, status: row.status)
        expect(await fixture.adder.add(refreshToken: "1//secret"), .failure(row.failure), "answer")
        expect(try await fixture.stored(), [], "stored")
    }

    @Test func `without an OAuth client nobody is asked`() async throws {
        let fixture = try await AccountsFixture(hasClient: false)
        expect(await fixture.adder.add(refreshToken: "1//x"), .failure(.clientMissing), "answer")
        expect(fixture.google.calls.count, 0, "calls")
    }

    @Test func `an account without a project is onboarded until it has one, and none is ever invented`() async throws {
        let fixture = try await AccountsFixture()
        fixture.google.set(FakeGoogle.load, ["allowedTiers": [["id": "free-tier", "isDefault": true]]])
        fixture.google.set(
            FakeGoogle.onboard,
            [
                FakeGoogle.Reply(body: ["done": false]),
                FakeGoogle.Reply(body: ["name": "operations/1", "done": false]),
            ])
        fixture.google.set(
            "/v1internal/operations/1",
            [
                FakeGoogle.Reply(body: ["name": "operations/1", "done": false]),
                FakeGoogle.Reply(body: ["done": true, "response": ["cloudaicompanionProject": ["id": "project-2"]]]),
            ])
        expect(try await fixture.add().projectID, "project-2", "project")
        fixture.google.set(FakeGoogle.onboard, ["done": true, "response": [:]])
        fixture.google.set(FakeGoogle.userinfo, ["email": "other@example.com"])
        expect(try await fixture.add("1//other").projectID, nil, "no project")
        expect(fixture.google.calls.last?.body, "{}", "models are asked without one")
    }

    @Test func `an API key is tried and stored under its label, once`() async throws {
        let fixture = try await AccountsFixture()
        fixture.google.set("/v1beta/models", ["models": []])
        let first = try await fixture.adder.add(apiKey: "AIza-one", label: "Home").get()
        let second = try await fixture.adder.add(apiKey: "AIza-two", label: "home ").get()
        expect([first.id, "\(first.kind)"], [second.id, "geminiKey"], "one account")
        expect(try await fixture.stored().map(\.apiKey), ["AIza-two"], "key")
        fixture.google.set("/v1beta/models", ["error": ["code": 400]], status: 400)
        expect(await fixture.adder.add(apiKey: "AIza-bad", label: "Other"), .failure(.keyRefused), "refused")
        try await fixture.insert("mail@example.com")
        fixture.google.set("/v1beta/models", ["models": []])
        expect(await fixture.adder.add(apiKey: "AIza-x", label: "Mail@Example.com"), .failure(.nameTaken), "name taken")
    }

    @Test func `a mailbox that Google refuses the service to is marked, and a refused token is refreshed once`()
        async throws
    {
        let fixture = try await AccountsFixture()
        let account = try await fixture.insert()
        fixture.google.set(
            FakeGoogle.models,
            [
                FakeGoogle.Reply(status: 401, body: ["error": ["code": 401]]),
                FakeGoogle.Reply(status: 403, body: ["error": ["code": 403]]),
                FakeGoogle.Reply(status: 403, body: ["error": ["code": 403]]),
            ])
        expect(await fixture.quota.read(account.id), true, "read")
        expect(fixture.store[account.id]?.quota?.isForbidden, true, "forbidden")
        expect(fixture.google.count(FakeGoogle.token), 1, "refreshes")
        expect(fixture.google.calls.last?.body, "{}", "the second try goes without the project")
    }

    @Test func `a probe says whether Google serves the account, and an owner's duty is no refusal for good`()
        async throws
    {
        let fixture = try await AccountsFixture()
        let account = try await fixture.insert()
        let table: [(JSONValue, Int, AttemptClass)] = [
            (["error": ["code": 403, "message": "no"]], 403, .forbidden),
            (["error": ["code": 401]], 401, .auth), (["models": [:]], 200, .success),
            (["error": ["code": 403, "details": [["reason": "VALIDATION_REQUIRED"]]]], 403, .validation),
        ]
        for (body, status, outcome) in table {
            fixture.google.set(FakeGoogle.models, body, status: status)
            expect(await fixture.quota.probe(account.id), outcome, "\(body)")
        }
        expect(fixture.store[account.id]?.quota?.isForbidden, false, "what was read last stands")
    }
}
