import HTTP
import JSON
import Platform
import Testing

@testable import Supervisor

@Suite @MainActor struct LoginDeskTests {
    /// A desk beside the account side of a supervisor.
    @MainActor final class Fixture {
        let accounts: AccountsFixture
        let facts = ServiceFacts(listener: ListenerFacts(port: 8045, isLoopbackOnly: true))
        let desk: LoginDesk

        init(hasClient: Bool = true, publicURL: String? = nil) async throws {
            accounts = try await AccountsFixture(hasClient: hasClient)
            desk = LoginDesk(
                adder: accounts.adder, store: accounts.store, calls: accounts.calls, facts: facts, publicURL: publicURL)
            accounts.google.set(
                FakeGoogle.token, ["access_token": "ya29.login", "refresh_token": "1//login", "expires_in": 3600])
        }
    }

    private static func code(_ outcome: LoginDesk.Outcome?) -> String {
        switch outcome {
        case nil: "none"
        case .success(let account): account.email
        case .failure(let error): error.code.rawValue
        }
    }

    @Test func `the browser comes back to the public address, else to this machine under its own name`() async throws {
        for (url, expected) in [
            (nil, "http://localhost:8045/auth/callback"),
            ("https://gw.example.com", "https://gw.example.com/auth/callback"),
            ("https://gw.example.com//", "https://gw.example.com/auth/callback"),
            ("https://example.com/gw/", "https://example.com/gw/auth/callback"),
        ] {
            expect(try await Fixture(publicURL: url).desk.redirectURI, expected, "\(url ?? "-")")
        }
    }

    @Test func `the page asks for an offline login under a state of its own`() async throws {
        let fixture = try await Fixture()
        let flow = try fixture.desk.start()
        let mark = try #require(flow.url.firstIndex(of: "?"))
        let query = QueryItems(decoding: String(flow.url[flow.url.index(after: mark)...]))
        for (name, value) in [
            ("client_id", "client"), ("redirect_uri", flow.redirectURI), ("response_type", "code"),
            ("access_type", "offline"), ("prompt", "consent"), ("include_granted_scopes", "true"),
            ("state", flow.state),
        ] {
            expect(query[name], value, name)
        }
        expect(query["scope"]?.split(separator: " ").count, 5, "scopes")
        expect(try fixture.desk.start().state == flow.state, false, "another login has another state")
    }

    @Test func `a code becomes an account, and its login is over`() async throws {
        let fixture = try await Fixture()
        let flow = try fixture.desk.start()
        expect(Self.code(try await fixture.desk.finish(flow.state, code: "4/code")), "Ann@Example.com", "account")
        let form = QueryItems(decoding: try #require(fixture.accounts.google.calls.first?.body))
        expect(
            [form["code"], form["redirect_uri"], form["grant_type"]],
            ["4/code", flow.redirectURI, "authorization_code"], "exchange")
        expect(try await fixture.accounts.stored().map(\.token?.refreshToken), ["1//login"], "stored")
        expect(try await fixture.accounts.stored().first?.token?.tokenType, "Bearer", "a missing type is the usual one")
        expect(fixture.accounts.store.accounts.count, 1, "listed")
        await #expect(throws: LoginFlows.Refusal.over) { try await fixture.desk.finish(flow.state, code: "4/code") }
        expect(fixture.accounts.google.count(FakeGoogle.token), 1, "a code is exchanged once")
    }

    @Test func `without a login no code is exchanged`() async throws {
        let fixture = try await Fixture()
        await #expect(throws: LoginFlows.Refusal.noneOpen) { try await fixture.desk.finish("x", code: "4/code") }
        _ = try fixture.desk.start()
        await #expect(throws: LoginFlows.Refusal.unknownState) { try await fixture.desk.finish("x", code: "4/code") }
        expect(fixture.accounts.google.calls.count, 0, "calls")
        expect(fixture.accounts.store.accounts.count, 0, "accounts")
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let status: Int
        let body: JSONValue
        let code: String
        let says: String
        var testDescription: String { "\(status) \(code)" }
    }

    nonisolated static let refusals: [Refusal] = [
        Refusal(
            status: 400, body: ["error": "invalid_grant", "error_description": "Bad Request"], code: "invalid_grant",
            says: "refuses this code"),
        Refusal(
            status: 200, body: ["access_token": "ya29.x", "expires_in": 3600], code: "invalid_grant",
            says: "no refresh token"),
        Refusal(status: 401, body: ["error": "invalid_client"], code: "upstream_error", says: "OAuth client"),
        Refusal(status: 503, body: [:], code: "upstream_error", says: "token service"),
    ]

    @Test(arguments: refusals)
    func `a login that fails says why to everybody, and stores nothing`(row: Refusal) async throws {
        let fixture = try await Fixture()
        fixture.accounts.google.set(FakeGoogle.token, row.body, status: row.status)
        let flow = try fixture.desk.start()
        let waiting = Task { await fixture.desk.outcome(of: flow, within: .seconds(60)) }
        await Task.yield()
        let outcome = try await fixture.desk.finish(flow.state, code: "4/secret")
        expect(Self.code(outcome), row.code, "outcome")
        if case .failure(let error) = outcome { expect(error.message.contains(row.says), true, error.message) }
        expect(Self.code(await waiting.value), row.code, "whoever waits")
        expect(Self.code(await fixture.desk.outcome(of: flow, within: .zero)), row.code, "whoever comes later")
        expect(try await fixture.accounts.stored().count, 0, "stored")
    }

    @Test func `whoever waits is answered by the login, its end, a cancellation, the clock or the stop`() async throws {
        let fixture = try await Fixture()
        let desk = fixture.desk
        let flows = [try desk.start(), try desk.start(), try desk.start(), try desk.start()]
        let waiting = flows.enumerated().map { index, flow in
            Task { await desk.outcome(of: flow, within: index == 2 ? .milliseconds(5) : .seconds(60)) }
        }
        await Task.yield()
        _ = try await desk.finish(flows[0].state, code: "4/code")
        expect(desk.cancel(flows[1].state), 1, "cancelled")
        expect(Self.code(await waiting[0].value), "Ann@Example.com", "finished")
        expect(Self.code(await waiting[1].value), "oauth_no_flow", "cancelled")
        expect(Self.code(await waiting[2].value), "none", "too late")
        fixture.facts.isStopping = true
        expect(Self.code(await waiting[3].value), "none", "stopping")
        expect(Self.code(await desk.outcome(of: flows[3], within: .seconds(60))), "none", "nobody waits any more")
    }

    @Test func `whoever waits for a login that is dropped hears it at once`() async throws {
        let fixture = try await Fixture()
        let flow = try fixture.desk.start()
        let waiting = Task { await fixture.desk.outcome(of: flow, within: .seconds(5)) }
        await Task.yield()
        let began = MonotonicInstant.now
        for _ in 0..<LoginFlows.openMax { _ = try fixture.desk.start() }
        expect(Self.code(await waiting.value), "oauth_no_flow", "outcome")
        expect(MonotonicInstant.now - began < .seconds(4), true, "at once")
    }

    @Test func `no more than a few wait for one login`() async throws {
        let fixture = try await Fixture()
        let flow = try fixture.desk.start()
        let waiting = (0..<LoginDesk.waitersMax).map { _ in
            Task { await fixture.desk.outcome(of: flow, within: .seconds(60)) }
        }
        for _ in 0..<4 { await Task.yield() }
        expect(Self.code(await fixture.desk.outcome(of: flow, within: .seconds(60))), "none", "one too many")
        _ = fixture.desk.cancel(nil)
        for task in waiting { expect(Self.code(await task.value), "oauth_no_flow", "the others") }
    }

    @Test func `a declined login is over`() async throws {
        let fixture = try await Fixture()
        let flow = try fixture.desk.start()
        expect(try fixture.desk.decline(flow.state, error: "access_denied").code, .invalidGrant, "code")
        await #expect(throws: LoginFlows.Refusal.over) { try await fixture.desk.finish(flow.state, code: "4/code") }
    }

    @Test func `without an OAuth client no login begins, and the missing settings are named`() async throws {
        let fixture = try await Fixture(hasClient: false)
        fixture.accounts.adder.missingSettings = ["ANTIGRAVITY_OAUTH_CLIENT_SECRET"]
        do throws(AdminError) {
            _ = try fixture.desk.start()
            Issue.record("a login began")
        } catch {
            expect(error.code, .stateUnavailable, "code")
            expect(error.message.contains("ANTIGRAVITY_OAUTH_CLIENT_SECRET"), true, error.message)
            expect(error.message.contains("CLIENT_ID"), false, error.message)
        }
    }
}
