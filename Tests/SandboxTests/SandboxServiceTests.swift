import GoogleAPI
import HTTP
import JSON
import Testing
import Transport

@testable import Sandbox

@MainActor @Suite struct SandboxServiceTests {
    @Test func `tokens, people and projects of accounts are what their names say`() async throws {
        let live = try LiveSandbox()
        defer { live.stop() }
        let refused = try await live.ask(
            .post, "/token", [("Content-Type", "application/x-www-form-urlencoded")],
            "client_id=c&client_secret=s&grant_type=refresh_token&refresh_token=1//sandbox-a-revoked")
        check(refused.status, 400)
        check(try refused.json()["error"]?.string, "invalid_grant")
        let person = try await live.ask(.get, "/oauth2/v2/userinfo", try await live.headers("jane-doe"))
        check(try person.json()["email"]?.string, "jane-doe@example.com")
        check(try person.json()["name"]?.string, "Jane Doe")
        let load = #"{"metadata":{"ideType":"ANTIGRAVITY"}}"#
        check(
            try await live.call("loadCodeAssist", load).json()["cloudaicompanionProject"]?.string,
            "sandbox-project-demo")
        let object = try await live.call("loadCodeAssist", account: "x-objectproject", load).json()
        check(object["cloudaicompanionProject"]?["id"]?.string, "sandbox-project-x-objectproject")
        check(
            try await live.call("loadCodeAssist", account: "x-noproject", load).json()["cloudaicompanionProject"], nil)
        check(
            try await live.call("loadCodeAssist", account: "x-ultra", load).json()["paidTier"]?["id"]?.string,
            "g1-ultra-tier")
        let models = try await live.call("fetchAvailableModels", #"{"project":"sandbox-project-demo"}"#).json()
        check(models["models"]?["gemini-3-flash"]?["quotaInfo"]?["remainingFraction"]?.double.map { $0 > 0.5 }, true)
        check(try await live.call("fetchAvailableModels", #"{"project":"other"}"#).status, 403)
        check(try await live.call("fetchAvailableModels", account: "x-forbidden", "{}").status, 403)
    }

    @Test func `onboarding is done after some looks at its operation`() async throws {
        let live = try LiveSandbox()
        defer { live.stop() }
        let body = #"{"tierId":"free-tier","metadata":{"ideType":"ANTIGRAVITY"}}"#
        let first = try await live.call("onboardUser", account: "x-onboard", body).json()
        check(first["done"]?.bool, false)
        let path = "/v1internal/\(try #require(first["name"]?.string))"
        let headers = try await live.headers("x-onboard")
        check(try await live.ask(.get, path, headers).json()["done"]?.bool, false)
        let last = try await live.ask(.get, path, headers).json()
        check(last["response"]?["cloudaicompanionProject"]?["id"]?.string, "sandbox-project-x-onboard")
        let refused = try await live.call("onboardUser", #"{"tierId":"free-tier","cloudaicompanionProject":"p"}"#)
        check(try refused.json()["error"]?["status"]?.string, "FAILED_PRECONDITION")
    }

    nonisolated static let troubles: [(account: String, status: Int, reason: String?)] = [
        ("x-unauthorized", 401, nil), ("x-forbidden", 403, nil), ("x-validation", 403, "VALIDATION_REQUIRED"),
        ("x-exhausted", 429, "QUOTA_EXHAUSTED"), ("x-limited", 429, "RATE_LIMIT_EXCEEDED"),
        ("x-capacity", 503, "MODEL_CAPACITY_EXHAUSTED"), ("x-location", 400, nil), ("plain", 200, nil),
    ]

    @Test func `words in an account's name make its trouble`() async throws {
        let live = try LiveSandbox()
        defer { live.stop() }
        for (index, row) in Self.troubles.enumerated() {
            let body = try live.question("Hi", account: row.account, id: "t\(index)")
            let answer = try await live.call("generateContent", account: row.account, body)
            check(answer.status, row.status, row.account)
            check(answer.text.contains(row.reason ?? ""), true, row.account)
        }
        check(live.service.log.refusals, [:])
    }

    @Test func `an expired, unknown or missing token is 401, and no refusal`() async throws {
        let live = try LiveSandbox()
        defer { live.stop() }
        let headers = try await live.headers("demo")
        let body = try live.question("Hi", id: "e")
        _ = try await live.ask(.post, "/sandbox/account", [], #"{"name":"demo","expire_tokens":true}"#)
        for list in [
            headers, [("Content-Type", "application/json")],
            [("Authorization", "Bearer x"), ("Content-Type", "application/json")],
        ] {
            check(try await live.ask(.post, "/v1internal:generateContent", list, body).status, 401)
        }
        let refusals = try await live.ask(.get, "/sandbox/refusals").json()
        check(refusals["total"]?.int, 0)
        check(refusals["unauthorized"]?.int, 3)
    }

    @Test func `refusals are counted by rule and calls are listed without tokens`() async throws {
        let live = try LiveSandbox()
        defer { live.stop() }
        let good = try live.question("Hi", id: "one")
        check(try await live.call("generateContent", good).status, 200)
        check(try await live.call("generateContent", good).status, 400)
        check(try await live.call("generateContent", #"{"messages":[]}"#).status, 400)
        let list = try await live.ask(.get, "/sandbox/calls")
        check(list.text.contains("ya29"), false)
        let calls = try #require(try list.json()["calls"]?.array).filter { $0["method"]?.string == "generateContent" }
        check(calls.map { $0["rule"]?.string }, [nil, "request-id-repeated", "unknown-name"])
        check(calls.map { $0["account"]?.string }, ["demo", "demo", "demo"])
        check(calls[0]["body"]?["requestId"]?.string, "one")
        check(try list.json()["rejected"]?.array?.count, 2)
        _ = try await live.ask(.post, "/sandbox/reset", [], "{}")
        check(try await live.ask(.get, "/sandbox/calls").json()["total"]?.int, 0)
    }

    nonisolated struct Scripted: CustomTestStringConvertible, Sendable {
        let script: String
        var status = 200
        var isBroken = false
        let holds: String
        var lacks = "no such text"
        var testDescription: String { script }
    }

    nonisolated static let scripted: [Scripted] = [
        Scripted(script: #"{"text":["a","b"]}"#, holds: #""finishReason":"STOP""#),
        Scripted(script: #"{"text":["a"],"finish":null}"#, holds: #""text":"a""#, lacks: "finishReason"),
        Scripted(script: #"{"text":["a"],"finish":"SAFETY","usage":null}"#, holds: "SAFETY", lacks: "usageMetadata"),
        Scripted(script: #"{"text":["a"],"end":"cut"}"#, isBroken: true, holds: #""text":"a""#, lacks: "finishReason"),
        Scripted(script: #"{"text":["a"],"end":"reset"}"#, isBroken: true, holds: "", lacks: "finishReason"),
        Scripted(script: #"{"text":["a"],"end":"error"}"#, holds: #""code":503"#, lacks: "finishReason"),
        Scripted(script: #"{"text":["a"],"end":"clean"}"#, holds: #""text":"a""#, lacks: "finishReason"),
        Scripted(script: #"{"text":["abc"],"repeat":4}"#, holds: #""candidatesTokenCount":4"#),
        Scripted(script: #"{"text":["a"],"late_usage":true}"#, holds: "STOP"),
        Scripted(script: #"{"events":[]}"#, holds: "", lacks: "data"),
        Scripted(
            script: #"{"events":[{"raw":"[{\"error\":{\"code\":429}}]\n"}]}"#, holds: #"[{"error":{"code":429}}]"#),
        Scripted(
            script: #"{"events":[{"data":{"candidates":[]},"split_bytes":1}]}"#,
            holds: #"{"response":{"candidates":[]}"#),
        Scripted(script: #"{"text":["abcdef"],"cut_after_bytes":9}"#, holds: "data: {\"r", lacks: "esponse"),
        Scripted(
            script: #"{"status":429,"headers":{"Retry-After":"7"},"body":{"error":{"code":429}}}"#, status: 429,
            holds: #"{"error":{"code":429}}"#),
        Scripted(script: #"{"status":502,"body":"<html>","content_type":"text/html"}"#, status: 502, holds: "<html>"),
    ]

    @Test(arguments: scripted)
    func `a script decides the answer to the byte`(example: Scripted) async throws {
        let live = try LiveSandbox()
        defer { live.stop() }
        try await live.script(example.script)
        let answer = try await live.call("streamGenerateContent", try live.question("Hi", id: "s"))
        check(answer.status, example.status, example.script)
        check(answer.isBroken, example.isBroken, example.script)
        check(answer.text.contains(example.holds), true, answer.text)
        check(answer.text.contains(example.lacks), false, answer.text)
    }

    @Test func `scripts choose calls by method, account, model and text, and are used up`() async throws {
        let live = try LiveSandbox()
        defer { live.stop() }
        try await live.script(
            """
            {"rules":[{"method":"token","account":"bob","times":1,"status":503},{"contains":"needle","times":1,"text":["found"]},
            {"model":"gemini-2.5-pro","text":["pro"]},{"account":"bob","text":["for bob"]}]}
            """)
        let refused = try await live.ask(
            .post, "/token", [("Content-Type", "application/x-www-form-urlencoded")],
            "client_id=c&client_secret=s&grant_type=refresh_token&refresh_token=1//sandbox-bob")
        check(refused.status, 503)
        let rows: [(text: String, account: String, model: String, holds: String)] = [
            ("a needle", "demo", "gemini-2.5-flash", "found"), ("a needle", "demo", "gemini-2.5-flash", "You"),
            ("x", "demo", "gemini-2.5-pro", "\"pro"), ("x", "bob", "gemini-2.5-flash", "for bob"),
            ("x", "bob", "gemini-2.5-flash", "for bob"),
        ]
        for (index, row) in rows.enumerated() {
            let body = try live.question(row.text, account: row.account, model: row.model, id: "c\(index)")
            let answer = try await live.call("generateContent", account: row.account, body)
            check(answer.text.contains(row.holds), true, "\(row) \(answer.text)")
        }
        for bad in [
            #"{"txt":[]}"#, #"{"method":"x"}"#, #"{"end":"x"}"#, "[1]", "{", #"{"text":["a"],"repeat":99999999}"#,
        ] {
            check(try await live.ask(.post, "/sandbox/script", [], bad).status, 400, bad)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a caller that leaves is seen, before and within an answer`() async throws {
        let live = try LiveSandbox()
        defer { live.stop() }
        try await live.script(
            #"[{"contains":"late","delay_ms":30000,"text":["x"]},{"contains":"stall","text":["x"],"end":"stall"}]"#)
        let headers = try await live.headers("demo")
        for (index, text) in ["late", "stall"].enumerated() {
            let body = try live.question(text, id: "g\(index)")
            let exchange = live.start(.post, "/v1internal:streamGenerateContent?alt=sse", headers, Array(body.utf8))
            if text == "stall" { _ = try await exchange.head() }
            while try await live.ask(.get, "/sandbox/calls?bodies=0").json()["open"]?.int != 1 { await Task.yield() }
            exchange.cancel()
            while try await live.ask(.get, "/sandbox/calls?bodies=0").json()["open"]?.int != 0 { await Task.yield() }
            let list = try await live.ask(.get, "/sandbox/calls?bodies=0").json()
            check(list["cancelled"]?.int, index + 1)
        }
    }

    @Test func `the public API answers without a wrapper to its own keys`() async throws {
        let live = try LiveSandbox()
        defer { live.stop() }
        let body = #"{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}"#
        let path = "/v1beta/models/gemini-3-flash-preview:generateContent"
        let key = [
            (name: "x-goog-api-key", value: "sandbox-key-demo"), (name: "Content-Type", value: "application/json"),
        ]
        let answer = try await live.ask(.post, path, key, body).json()
        check(answer["response"], nil)
        check(answer["candidates"]?.array?.count, 1)
        let refused = try await live.ask(
            .post, path, [("x-goog-api-key", "nope"), ("Content-Type", "application/json")], body)
        check(refused.status, 400)
        check(refused.text.contains("API_KEY_INVALID"), true)
        let first = try await live.ask(.get, "/v1beta/models?pageSize=2", key).json()
        check(first["models"]?.array?.count, 2)
        check(first["nextPageToken"]?.string, "2")
        let rest = try await live.ask(.get, "/v1beta/models?pageSize=1000&pageToken=2", key).json()
        check(rest["nextPageToken"], nil)
        check(
            2 + (rest["models"]?.array?.count ?? 0), ModelCatalog.publicIDs.count + ModelCatalog.embeddingIDs.count)
        check(try await live.ask(.get, "/v1beta/models?pageSize=0", key).status, 400)
        check(try await live.ask(.get, "/v1beta/models/gemini-embedding-001", key).status, 200)
        check(try await live.ask(.get, "/v1beta/models/gemini-3-pro-high", key).status, 404)
        let vector = try await live.ask(
            .post, "/v1beta/models/gemini-embedding-001:embedContent", key, #"{"content":{"parts":[{"text":"Hi"}]}}"#)
        check(try vector.json()["embedding"]?["values"]?.array?.count, 3072)
    }

    @Test func `a key stands alone in its field, and may be taken back`() async throws {
        let live = try LiveSandbox()
        defer { live.stop() }
        func status(_ fields: [(name: String, value: String)]) async throws -> Int {
            try await live.ask(.get, "/v1beta/models", fields).status
        }
        let key = (name: "x-goog-api-key", value: "sandbox-key-demo")
        check(try await status([]), 403)
        check(try await status([key, (name: "Authorization", value: "Bearer x")]), 403)
        check(try await status([key]), 200)
        check(try await status([(name: "x-goog-api-key", value: "sandbox-key-x-keyforbidden")]), 403)
        _ = try await live.ask(.post, "/sandbox/account", [], #"{"name":"demo","revoked":true}"#)
        check(try await status([key]), 400)
        _ = try await live.ask(.post, "/sandbox/account", [], #"{"name":"demo","revoked":false}"#)
        check(try await status([key]), 200)
    }

    private static func consent(
        _ live: LiveSandbox, _ account: String, redirectURI: String = "http://localhost/cb", access: String = "offline"
    ) -> AnswerPlan {
        let query = FormEncoding.encode([
            ("client_id", "c"), ("redirect_uri", redirectURI), ("response_type", "code"), ("scope", "a b"),
            ("access_type", access), ("prompt", "consent"), ("state", "s1"), ("login_hint", account + "@example.com"),
        ])
        return live.service.consent(HTTPRequestHead(method: .get, target: "/o/oauth2/v2/auth?" + query))
    }

    private static func exchange(
        _ live: LiveSandbox, _ account: String, redirectURI: String = "http://localhost/cb"
    ) async throws -> JSONValue {
        let form = FormEncoding.encode([
            ("client_id", "c"), ("client_secret", "s"), ("grant_type", "authorization_code"),
            ("code", "4/sandbox-" + account), ("redirect_uri", redirectURI),
        ])
        return try await live.ask(.post, "/token", [("Content-Type", "application/x-www-form-urlencoded")], form).json()
    }

    @Test func `the consent page comes back with a code that can be exchanged once, for the same address`() async throws
    {
        let live = try LiveSandbox()
        defer { live.stop() }
        let plan = Self.consent(live, "eve")
        check(plan.status, 302)
        check(plan.headers.first?.value, "http://localhost/cb?code=4%2Fsandbox-eve&state=s1")
        check(
            try await Self.exchange(live, "eve", redirectURI: "http://localhost/x")["error"]?.string,
            "redirect_uri_mismatch")
        check(try await Self.exchange(live, "eve")["refresh_token"]?.string, "1//sandbox-eve")
        check(try await Self.exchange(live, "eve")["error"]?.string, "invalid_grant")
    }

    @Test func `a login that is not offline, and an account that consented before, give no refresh token`() async throws
    {
        let live = try LiveSandbox()
        defer { live.stop() }
        _ = Self.consent(live, "eve", access: "online")
        check(try await Self.exchange(live, "eve")["refresh_token"]?.string, nil)
        _ = Self.consent(live, "a-norefresh")
        check(try await Self.exchange(live, "a-norefresh")["refresh_token"]?.string, nil)
    }

    @Test func `nobody is sent back over clear text but to the browser's own machine`() throws {
        let live = try LiveSandbox()
        defer { live.stop() }
        let rows = [
            ("http://localhost:8045/auth/callback", 302), ("https://gw.example.com/auth/callback", 302),
            ("http://gw.example.com/auth/callback", 400), ("http://localhost.example.com/", 400), ("", 400),
        ]
        for (address, status) in rows { check(Self.consent(live, "eve", redirectURI: address).status, status) }
    }
}
