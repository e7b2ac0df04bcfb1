import GoogleAPI
import JSON
import Testing

@Suite struct SetupTests {
    static func document(_ text: String) throws -> JSONDocument { try JSONDocument(parsing: Array(text.utf8)) }
    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func `requests hold what the service takes and nothing empty`() {
        check(Self.text(LoadCodeAssist.encode()), #"{"metadata":{"ideType":"ANTIGRAVITY"}}"#)
        check(
            Self.text(OnboardUser.encode(tierID: "free-tier", project: "")),
            #"{"tierId":"free-tier","metadata":{"ideType":"ANTIGRAVITY"}}"#)
        check(Self.text(FetchAvailableModels.encode(project: nil)), "{}")
        check(Self.text(FetchAvailableModels.encode(project: "p")), #"{"project":"p"}"#)
    }

    static let projects: [(body: String, project: String?)] = [
        (#"{"cloudaicompanionProject":" p-1 "}"#, "p-1"),
        (#"{"cloudaicompanionProject":{"id":"p-1","name":"x"}}"#, "p-1"),
        (#"{"cloudaicompanionProject":""}"#, nil), (#"{"cloudaicompanionProject":{"id":" "}}"#, nil), ("{}", nil),
        (#"{"cloudaicompanionProject":7}"#, nil), ("[]", nil),
    ]

    @Test(arguments: projects)
    func `a project is a string or an object, and blank is none`(body: String, project: String?) throws {
        check(LoadCodeAssist.decode(try Self.document(body)).project, project, body)
    }

    @Test func `the shown tier is the paid one, else the current one of an eligible account`() throws {
        let current = #""currentTier":{"id":"free-tier"}"#
        let allowed = #""allowedTiers":[{"id":"standard-tier"},{"id":"free-tier","isDefault":true}]"#
        let refused =
            #""ineligibleTiers":[{"reasonCode":"VALIDATION_REQUIRED","validationUrl":"https://accounts.google.com/v"},{"validationUrl":"https://evil.example/"}]"#
        let rows: [(members: [String], shown: String?, isRestricted: Bool, raw: String?)] = [
            ([current, #""paidTier":{"id":"g1-pro-tier"}"#, refused], "g1-pro-tier", false, "g1-pro-tier"),
            ([current, allowed], "free-tier", false, "free-tier"),
            ([#""currentTier":{"id":"legacy-tier"}"#, allowed, refused], "free-tier", true, "legacy-tier"),
            ([allowed], "free-tier", true, nil), ([], nil, false, nil),
        ]
        for row in rows {
            let standing = LoadCodeAssist.decode(try Self.document("{\(row.members.joined(separator: ","))}"))
            check(standing.shownTier?.id, row.shown, "\(row.members)")
            check(standing.shownTier?.isRestricted ?? false, row.isRestricted, "\(row.members)")
            check(standing.subscriptionTier, row.raw, "\(row.members)")
        }
        let standing = LoadCodeAssist.decode(try Self.document("{\(refused)}"))
        check(standing.ineligibleTiers.map(\.reasonCode), ["VALIDATION_REQUIRED", "UNKNOWN"])
        check(standing.ineligibleTiers.map(\.validationURL), ["https://accounts.google.com/v", nil])
        check(standing.validationURL, "https://accounts.google.com/v")
        check(standing.onboardingTier, "free-tier")
    }

    static let operations: [(body: String, state: Onboarding)] = [
        (#"{"name":"operations/a-1","done":false}"#, .pending(operation: "operations/a-1")),
        (#"{"name":"../x?y"}"#, .pending(operation: nil)), ("{}", .pending(operation: nil)),
        (#"{"done":true,"response":{"cloudaicompanionProject":{"id":"p-1","name":"n"}}}"#, .done(project: "p-1")),
        (#"{"done":true,"response":{}}"#, .done(project: nil)),
        (#"{"done":true,"error":{"code":9,"message":"no"}}"#, .failed("no")),
    ]

    @Test(arguments: operations)
    func `an operation is pending, done with or without a project, or failed`(body: String, state: Onboarding) throws {
        check(OnboardUser.decode(try Self.document(body)), state, body)
    }

    @Test func `a missing fraction means used up, missing quota means unknown`() throws {
        let models = FetchAvailableModels.decode(
            try Self.document(
                """
                {"models":{"gemini-3-flash":{"displayName":"F","quotaInfo":{"remainingFraction":0.857,"resetTime":"2026-03-01T05:00:00Z"},
                "maxTokens":1048576,"maxOutputTokens":"65536","thinkingBudget":-1,"minThinkingBudget":32,"recommended":true},
                "claude-x":{"quotaInfo":{"resetTime":"t"}},"gpt-y":{},"chat_1":{},"tab_2":{},"image-z":{"quotaInfo":{"remainingFraction":0.29}},
                "other":{},"gemini-w":7},"deprecatedModelIds":{"old":{"newModelId":"new"},"bad":{}}}
                """))
        check(models.models.map(\.id), ["claude-x", "gemini-3-flash", "gemini-w", "gpt-y", "image-z"])
        check(models.models.map { $0.quota?.percentage }, [0, 85, nil, nil, 29])
        check(models.models[1].quota?.resetTime, "2026-03-01T05:00:00Z")
        check(models.models[1].outputTokensMax, 65_536)
        check(models.models[1].thinkingBudget, -1)
        check(models.deprecated, ["old": "new"])
    }

    @Test func `one override replaces every host and a list of bases wins`() {
        let plain = GoogleAddresses()
        check(plain.tokenURL, "https://oauth2.googleapis.com/token")
        check(plain.userinfoURL, "https://www.googleapis.com/oauth2/v2/userinfo")
        check(plain.codeAssistBases.count, 3)
        check(
            plain.codeAssist(base: 0, method: "streamGenerateContent"),
            "https://cloudcode-pa.googleapis.com/v1internal:streamGenerateContent?alt=sse")
        let one = GoogleAddresses(override: " http://127.0.0.1:9/ ", bases: [])
        check(
            [one.tokenURL, one.userinfoURL, one.consentURL, one.geminiBase] + one.codeAssistBases,
            ["/token", "/oauth2/v2/userinfo", "/o/oauth2/v2/auth", "", ""].map { "http://127.0.0.1:9" + $0 })
        check(one.codeAssist(base: 7, method: "loadCodeAssist"), "http://127.0.0.1:9/v1internal:loadCodeAssist")
        check(one.operation(base: 0, name: "operations/x"), "http://127.0.0.1:9/v1internal/operations/x")
        let listed = GoogleAddresses(override: "http://127.0.0.1:9", bases: ["https://a.example/", " "])
        check(listed.codeAssistBases, ["https://a.example"])
        check(listed.geminiBase, "http://127.0.0.1:9")
    }
}
