import JSON

nonisolated extension Operations {
    static let login: [Operation] = [
        .post(
            "/api/accounts/oauth/start", "Begins a login in a browser",
            query: [Operation.Query("wait", .flag, "Answer when the account is there, after at most 300 s.")],
            takes: .json(
                .object(optional: ["wait": Shape.flag.orNull.says("As in the query; this one counts.")]),
                example: ["wait": false]),
            .json(.either(.named(.login), .named(.account)), Examples.login, "The login; with `wait` the account."),
            finishing),
        .post(
            "/api/accounts/oauth/prepare", "Begins a login in a browser",
            .json(.named(.login), Examples.login, "The login."), [.stateUnavailable]),
        .get(
            "/api/auth/url", "Begins a login in a browser", .json(.named(.login), Examples.login, "The login."),
            [.stateUnavailable]),
        .get(
            "/api/accounts/oauth/status", "How a login stands",
            query: [Operation.Query("state", .text, "Of that login; else of the newest one.")],
            .json(
                .object(
                    [
                        "state": .text, "status": .word(["pending", "done", "failed", "expired"]),
                        "account": Shape.named(.account).orNull, "error": Shape.text.orNull,
                    ], optional: ["url": Shape.text.says("While it is pending.")]),
                [
                    "state": Examples.state, "status": "failed", "account": .null,
                    "error": "Google refuses this code.",
                ]),
            [.notFound]),
        .post(
            "/api/accounts/oauth/complete", "Finishes a login; without a code it waits for the browser, 60 s at most",
            takes: .json(
                .object(optional: ["code": code.orNull, "state": state.orNull]),
                example: ["code": "4/0abc", "state": Examples.state]),
            .json(.named(.account), Examples.account, "The account."), finishing),
        .post(
            "/api/accounts/oauth/submit-code", "Finishes a login with its code",
            takes: .json(
                .object(["code": code], optional: ["state": state.orNull]),
                example: ["code": .string("http://localhost:8045/auth/callback?state=\(stateText)&code=4/0abc")]),
            .json(.named(.account), Examples.account, "The account."), finishing),
        .post(
            "/api/accounts/oauth/cancel", "Drops one login, or all",
            takes: .json(.object(optional: ["state": state.orNull]), example: ["state": Examples.state]),
            .json(
                .object(["success": .constant(true), "cancelled": .count]), ["success": true, "cancelled": 1])),
        .get(
            "/auth/callback", "Where Google sends the browser", access: .open,
            query: [
                Operation.Query("code", .text, "What Google gives for a consent."),
                Operation.Query("state", .text, "The login it belongs to."),
                Operation.Query("error", .text, "Why there is no code."),
            ], callback),
    ]

    private static let callback: Operation.Answer = {
        var answer = Operation.Answer.page("text/html", "A page that says that the account was added.")
        answer.other = (400, "A page that says why it was not.")
        return answer
    }()

    private static let finishing: [AdminError.Code] = [.oauthNoFlow, .oauthInProgress] + .checking
    private static let code = Shape.bounded(1...8192).says("The code alone, the address of the page, or its query.")
    private static let state = Shape.bounded(1...128)
    private static let stateText = Examples.state.string ?? ""
}
