import HTTP
import Platform
import Testing

@testable import Supervisor

/// The logins under way, on a clock of the test's own.
@Suite struct LoginFlowsTests {
    private static let start = MonotonicInstant.now

    private static func flow(_ state: String, at seconds: Int = 0) -> LoginFlow {
        LoginFlow(
            state: state, redirectURI: "http://localhost/auth/callback", url: "https://accounts/?state=\(state)",
            startedAt: start + .seconds(seconds))
    }

    private static func flows(_ states: [String]) -> LoginFlows {
        var flows = LoginFlows()
        for state in states { _ = flows.add(flow(state), now: start) }
        return flows
    }

    private static func refusal(_ flows: inout LoginFlows, _ state: String?, at seconds: Int = 1) -> LoginFlows.Refusal?
    {
        do throws(LoginFlows.Refusal) {
            _ = try flows.claim(state, now: start + .seconds(seconds))
            return nil
        } catch { return error }
    }

    private static func word(_ flow: LoginFlow?) -> String {
        switch flow?.standing {
        case nil: "unknown"
        case .pending: "pending"
        case .exchanging: "exchanging"
        case .done(let account): "done \(account)"
        case .failed: "failed"
        case .expired: "expired"
        }
    }

    @Test func `a login serves once, and only under its own state`() {
        var flows = Self.flows(["a"])
        expect(Self.refusal(&flows, "b"), .unknownState, "another state")
        expect(Self.refusal(&flows, "a"), nil, "its state")
        expect(Self.refusal(&flows, "a"), .underWay, "while its code is exchanged")
        flows.settle("a", .done(account: "id"))
        expect(Self.refusal(&flows, "a"), .over, "afterwards")
        expect(Self.refusal(&flows, nil), .noneOpen, "no other one")
        expect(Self.word(flows.find("a", now: Self.start)), "done id", "its end can still be asked for")
    }

    @Test func `without a state the newest that waits is meant`() throws {
        var flows = Self.flows(["a", "b", "c"])
        _ = flows.cancel("c", now: Self.start)
        expect(try flows.claim(nil, now: Self.start).state, "b", "first")
        expect(try flows.claim(nil, now: Self.start).state, "a", "second")
        expect(Self.refusal(&flows, nil), .underWay, "all are being exchanged")
        expect(Self.refusal(&flows, "x"), .noneOpen, "none waits")
    }

    @Test func `a login lives for ten minutes; one whose code is being exchanged ends with that`() {
        var flows = Self.flows(["a", "b"])
        expect(Self.refusal(&flows, "b", at: 599), nil, "just in time")
        expect(Self.refusal(&flows, "a", at: 600), .over, "too late")
        expect(Self.word(flows.find("a", now: Self.start + .seconds(600))), "expired", "a")
        expect(Self.word(flows.find("b", now: Self.start + .seconds(700))), "exchanging", "b")
        expect(
            LoginFlows.remaining(Self.flow("c"), now: Self.start + .seconds(590)), .seconds(10),
            "what is left of a life")
    }

    @Test func `at most eight are open: one more drops the oldest that waits`() {
        var flows = Self.flows((0..<8).map { "s\($0)" })
        _ = Self.refusal(&flows, "s0")
        expect(flows.add(Self.flow("s8"), now: Self.start), "s1", "dropped")
        expect(Self.word(flows.find("s0", now: Self.start)), "exchanging", "under way")
        expect(Self.word(flows.find("s1", now: Self.start)), "failed", "the oldest that waited")
        expect(Self.word(flows.find("s2", now: Self.start)), "pending", "the next one")
        expect(Self.word(flows.find(nil, now: Self.start)), "pending", "the newest")
    }

    @Test func `logins that are over are forgotten in the end`() {
        var flows = Self.flows((0..<100).map { "s\($0)" })
        let known = (0..<100).filter { flows.find("s\($0)", now: Self.start) != nil }
        expect(known, Array((100 - LoginFlows.openMax - LoginFlows.overMax)..<100), "known")
    }

    @Test func `one or all that wait are cancelled`() {
        var flows = Self.flows(["a", "b", "c"])
        expect(flows.cancel("b", now: Self.start), ["b"], "one")
        expect(flows.cancel("b", now: Self.start), [], "again")
        expect(flows.cancel(nil, now: Self.start), ["a", "c"], "all")
        expect(Self.refusal(&flows, "a"), .over, "afterwards")
    }

    struct Pasted: Sendable, CustomTestStringConvertible {
        let text: String
        var code: String?
        var state: String?
        var error: String?
        var testDescription: String { text }
    }

    static let pasted: [Pasted] = [
        Pasted(text: "4/0AbC-d_e", code: "4/0AbC-d_e"), Pasted(text: "4%2F0AbC", code: "4/0AbC"),
        Pasted(text: "4%ZZ", code: "4%ZZ"),
        Pasted(
            text: "http://localhost:8045/auth/callback?state=s1&code=4%2F0A&scope=a+b#frag", code: "4/0A", state: "s1"),
        Pasted(text: "?code=4/0A&state=s1", code: "4/0A", state: "s1"),
        Pasted(text: "code=4/0A&state=s1", code: "4/0A", state: "s1"),
        Pasted(text: "state=s1&code=4/0A", code: "4/0A", state: "s1"),
        Pasted(text: "https://gw/auth/callback?error=access_denied&state=s1", state: "s1", error: "access_denied"),
        Pasted(text: "https://gw/auth/callback"), Pasted(text: "https://gw/auth/callback?code="),
    ]

    @Test(arguments: pasted)
    func `a code is found alone, in an address and in its query`(row: Pasted) {
        let input = CallbackInput(pasted: row.text)
        expect(input.code, row.code, "code")
        expect(input.state, row.state, "state")
        expect(input.error, row.error, "error")
    }

    @Test func `no text on the page acts`() {
        let page = CallbackPage.failure(#"<script>alert('1')</script> & "x""#)
        let html = String(decoding: page.body, as: UTF8.self)
        expect(html.contains("<script"), false, "script")
        expect(
            html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot;"), true, "as it reads")
        expect(page.status, 400, "status")
        expect(page.head.fields["content-security-policy"]?.contains("script-src 'none'"), true, "policy")
        let good = CallbackPage.success("<b>@example.com")
        let text = String(decoding: good.body, as: UTF8.self)
        expect(text.contains("<b>"), false, "e-mail")
        expect(text.contains("postMessage({type: 'oauth-success', message: 'login success'}, '*')"), true, "message")
        let nonce = text.split(separator: "nonce=\"")[1].prefix { $0 != "\"" }
        expect(good.head.fields["content-security-policy"]?.contains("script-src 'nonce-\(nonce)'"), true, "policy")
        expect(CallbackPage.success("a").body == CallbackPage.success("a").body, false, "the number is used once")
    }
}
