import GoogleAPI
import Testing

@Suite struct ClassifyTests {
    struct Row: CustomTestStringConvertible {
        let name: String
        var phase = CallPhase.answer
        let status: Int
        var header: String?
        var body = ""
        let outcome: OutcomeClass
        var delay: Int?
        var testDescription: String { name }
    }

    /// 2026-03-01T05:00:00Z
    static let now = 1_772_341_200_000

    static let quotaDetails = [
        ErrorBodies.info("QUOTA_EXHAUSTED", #""quotaResetDelay":"2h37m22.776060443s","model":"claude-sonnet-4-5""#),
        ErrorBodies.retry("9442.776060443s"),
    ]

    static let limits: [Row] = [
        Row(
            name: "quota by ErrorInfo", status: 429,
            body: ErrorBodies.error(429, "RESOURCE_EXHAUSTED", message: "x", details: quotaDetails), outcome: .quota,
            delay: 9_442_777),
        Row(
            name: "ErrorInfo second, body in an array", status: 429,
            body: "[" + ErrorBodies.error(429, details: quotaDetails.reversed()) + "]", outcome: .quota,
            delay: 9_442_777),
        Row(
            name: "the longer of two structured delays", status: 429,
            body: ErrorBodies.error(
                429,
                details: [
                    ErrorBodies.info("QUOTA_EXHAUSTED", #""quotaResetDelay":"108h48m20.795762633s""#),
                    ErrorBodies.retry("391609.795772632s"),
                ]), outcome: .quota, delay: 391_700_796),
        Row(
            name: "quota by text", status: 429,
            body: ErrorBodies.error(429, message: "Your quota will reset after 2h37m22s."), outcome: .quota,
            delay: 9_442_000),
        Row(
            name: "individual quota", status: 429,
            body: ErrorBodies.error(429, message: "Individual quota reached. Upgrade. Resets in 108h48m29s."),
            outcome: .quota, delay: 391_709_000),
        Row(
            name: "short limit", status: 429,
            body: ErrorBodies.error(
                429, details: [ErrorBodies.info("RATE_LIMIT_EXCEEDED"), ErrorBodies.retry("1.203608125s")]),
            outcome: .rate, delay: 1204),
        Row(
            name: "Help and RetryInfo before ErrorInfo", status: 429,
            body: ErrorBodies.error(
                429,
                details: [
                    ErrorBodies.help("Learn more", "https://cloud.google.com/x"), ErrorBodies.retry("3.957525076s"),
                    ErrorBodies.info("RATE_LIMIT_EXCEEDED"),
                ]), outcome: .rate, delay: 3958),
        Row(
            name: "a short limit prefers RetryInfo over a longer reset", status: 429,
            body: ErrorBodies.error(
                429,
                details: [
                    ErrorBodies.info("RATE_LIMIT_EXCEEDED", #""quotaResetDelay":"90s""#), ErrorBodies.retry("2s"),
                ]), outcome: .rate, delay: 2000),
        Row(
            name: "a long short limit is a quota", status: 429,
            body: ErrorBodies.error(
                429, details: [ErrorBodies.info("RATE_LIMIT_EXCEEDED"), ErrorBodies.retry("400s")]), outcome: .quota,
            delay: 400_000),
        Row(
            name: "just below five minutes", status: 429, header: "299",
            body: ErrorBodies.error(429, message: ErrorBodies.exhausted), outcome: .rate, delay: 299_000),
        Row(
            name: "tokens per minute", status: 429, body: ErrorBodies.error(429, message: ErrorBodies.perMinute),
            outcome: .rate),
        Row(
            name: "bare 429", status: 429, body: ErrorBodies.error(429, message: ErrorBodies.exhausted),
            outcome: .bare429),
        Row(name: "429 without a body", status: 429, outcome: .bare429),
        Row(
            name: "bare 429 with a header", status: 429, header: "7",
            body: ErrorBodies.error(429, message: ErrorBodies.exhausted), outcome: .rate, delay: 7000),
        Row(
            name: "a header in the past is none", status: 429, header: "Sun, 01 Mar 2026 04:00:00 GMT",
            outcome: .bare429),
        Row(
            name: "a header with a date", status: 429, header: "Sun, 01 Mar 2026 05:00:09 GMT", outcome: .rate,
            delay: 9000),
        Row(
            name: "a reset timestamp", status: 429,
            body: ErrorBodies.error(
                429,
                details: [ErrorBodies.info("QUOTA_EXHAUSTED", #""quotaResetTimeStamp":"2026-03-01T06:00:00Z""#)]),
            outcome: .quota, delay: 3_600_000),
        Row(
            name: "a reset in the past is no delay", status: 429,
            body: ErrorBodies.error(
                429,
                details: [ErrorBodies.info("QUOTA_EXHAUSTED", #""quotaResetTimeStamp":"2026-03-01T04:00:00Z""#)]),
            outcome: .quota),
        Row(
            name: "retry_after in the error", status: 429, body: ErrorBodies.error(429, more: #","retry_after":12.5"#),
            outcome: .rate, delay: 12_500),
        Row(
            name: "seconds in words", status: 429,
            body: ErrorBodies.error(429, message: "Slow down, retry after 30 seconds"), outcome: .rate, delay: 30_000),
        Row(
            name: "minutes and seconds in words", status: 429,
            body: ErrorBodies.error(429, message: "Try again in 2m 30s"), outcome: .rate, delay: 150_000),
        Row(
            name: "per day violation", status: 429,
            body: ErrorBodies.error(
                429,
                details: [
                    ErrorBodies.quotaFailure("GenerateRequestsPerDayPerProjectPerModel-FreeTier"),
                    ErrorBodies.retry("5s"),
                ]),
            outcome: .quota, delay: 5000),
        Row(
            name: "per minute violation", status: 429,
            body: ErrorBodies.error(429, details: [ErrorBodies.quotaFailure("GenerateRequestsPerMinutePerProject")]),
            outcome: .rate),
        Row(
            name: "limit zero", status: 429, body: ErrorBodies.error(429, message: "exceeded, limit: 0, model: x"),
            outcome: .quota),
        Row(
            name: "limit of a half", status: 429, body: ErrorBodies.error(429, message: "exceeded, limit: 0.5"),
            outcome: .bare429),
        Row(
            name: "a host called daily is no word about quota", status: 429,
            body: ErrorBodies.error(429, message: "Too many requests to daily-cloudcode-pa.googleapis.com"),
            outcome: .rate),
        Row(
            name: "credits", status: 429,
            body: ErrorBodies.error(
                429, details: [ErrorBodies.info("INSUFFICIENT_G1_CREDITS_BALANCE"), ErrorBodies.retry("1s")]),
            outcome: .credits, delay: 1000),
        Row(
            name: "no capacity", status: 429,
            body: ErrorBodies.error(
                429, message: "No capacity available for model gemini-3-pro-high",
                details: [ErrorBodies.info("MODEL_CAPACITY_EXHAUSTED")]), outcome: .capacity),
        Row(
            name: "no capacity as 503", status: 503,
            body: ErrorBodies.error(
                503, details: [ErrorBodies.info("MODEL_CAPACITY_EXHAUSTED"), ErrorBodies.retry("39s")]),
            outcome: .capacity, delay: 39_000),
        Row(
            name: "quota as 503", status: 503,
            body: ErrorBodies.error(503, details: [ErrorBodies.info("QUOTA_EXHAUSTED")]), outcome: .quota),
        Row(name: "an eight day ceiling", status: 429, header: "999999999", outcome: .quota, delay: 691_200_000),
    ]

    static let account: [Row] = [
        Row(name: "401", status: 401, body: ErrorBodies.error(401, "UNAUTHENTICATED"), outcome: .auth),
        Row(
            name: "validation", status: 403,
            body: ErrorBodies.error(
                403, "PERMISSION_DENIED",
                details: [
                    ErrorBodies.help("Verify", "https://accounts.google.com/signin/continue?x=1"),
                    ErrorBodies.info("VALIDATION_REQUIRED"),
                ]), outcome: .validation),
        Row(
            name: "validation by metadata", status: 403,
            body: ErrorBodies.error(
                403, details: [ErrorBodies.info("X", #""validation_link":"https://accounts.google.com/v""#)]),
            outcome: .validation),
        Row(
            name: "a help link to a console is no validation", status: 403,
            body: ErrorBodies.error(
                403, message: "Cloud Code API has not been used in project 123456 before or it is disabled.",
                details: [
                    ErrorBodies.info("SERVICE_DISABLED"),
                    ErrorBodies.help("Google developers console", "https://console.developers.google.com/x"),
                ]), outcome: .forbidden),
        Row(
            name: "forbidden", status: 403,
            body: ErrorBodies.error(403, message: "The caller does not have permission"), outcome: .forbidden),
        Row(
            name: "empty project", status: 400,
            body: ErrorBodies.error(400, "INVALID_ARGUMENT", message: "Invalid project resource name projects/"),
            outcome: .projectInvalid),
        Row(
            name: "denied project", status: 403,
            body: ErrorBodies.error(403, message: "Permission denied on resource project some-proj-1."),
            outcome: .projectInvalid),
        Row(
            name: "unknown project", status: 404, body: ErrorBodies.error(404, message: "Project 'p-1' not found"),
            outcome: .projectInvalid),
        Row(
            name: "location", status: 400,
            body: ErrorBodies.error(
                400, "FAILED_PRECONDITION", message: "User location is not supported for the API use."),
            outcome: .location),
        Row(
            name: "bad key", status: 400,
            body: ErrorBodies.error(400, "INVALID_ARGUMENT", details: [ErrorBodies.info("API_KEY_INVALID")]),
            outcome: .invalidGrant),
        Row(
            name: "bad key without a reason", status: 400,
            body: ErrorBodies.error(400, message: "API key expired. Please renew the API key."), outcome: .invalidGrant),
        Row(
            name: "key found in public", status: 403,
            body: ErrorBodies.error(
                403, message: "Your API key was reported as leaked. Please use another API key."),
            outcome: .invalidGrant),
        Row(
            name: "key that may not use the API", status: 403,
            body: ErrorBodies.error(
                403, "PERMISSION_DENIED", message: "Requests to this API are blocked.",
                details: [ErrorBodies.info("API_KEY_SERVICE_BLOCKED")]),
            outcome: .forbidden),
        Row(
            name: "no model", status: 404,
            body: ErrorBodies.error(404, "NOT_FOUND", message: "models/gemini-9 is not found"), outcome: .modelNotFound),
        Row(
            name: "a model's name that begins with a project", status: 404,
            body: ErrorBodies.error(404, message: "Publisher Model `projects/p-1/models/gemini-9` was not found"),
            outcome: .modelNotFound),
    ]

    static let request: [Row] =
        [
            "Invalid `signature` in `thinking` block", "messages.1.content.0.thinking.signature: Field required",
            "messages.1.content.0.thinking.thinking: Field required", "Corrupted thought signature.",
            "Thought signature is not valid", "Function call is missing a thought_signature in functionCall parts.",
            "failed to deserialise", "Expected `thinking` or `redacted_thinking`, but found `text`",
            "Unable to submit request because thinking_level is not supported", "The thinking_budget 99999 is invalid",
            #"Invalid JSON payload received. Unknown name \"systemInstruction\" at 'request': Cannot find field."#,
        ].map {
            Row(
                name: $0, status: 400, body: ErrorBodies.error(400, "INVALID_ARGUMENT", message: $0),
                outcome: .repairable)
        }
        + [
            "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
            "prompt is too long: 210000 tokens > 200000 maximum",
        ].map { Row(name: $0, status: 400, body: ErrorBodies.error(400, message: $0), outcome: .tooLong) }
        + [
            "max output tokens: 70000 exceeds the maximum number of output tokens", "Function name is too long",
            #"Invalid JSON payload received. Unknown name \"strict\" at 'request.tools[0]': Cannot find field."#,
        ].map { Row(name: $0, status: 400, body: ErrorBodies.error(400, message: $0), outcome: .badRequest) }
        + [400, 405, 411, 413, 415, 422].map { Row(name: "status \($0)", status: $0, outcome: .badRequest) }

    static let service: [Row] = [
        Row(name: "503 without a body", status: 503, outcome: .overloaded),
        Row(name: "529", status: 529, outcome: .overloaded),
        Row(name: "503 page", status: 503, body: ErrorBodies.html, outcome: .overloaded),
        Row(name: "502 page", status: 502, body: ErrorBodies.html, outcome: .server),
        Row(name: "500", status: 500, body: ErrorBodies.error(500, "INTERNAL"), outcome: .server),
        Row(name: "504", status: 504, outcome: .server), Row(name: "408", status: 408, outcome: .server),
        Row(name: "599", status: 599, outcome: .server), Row(name: "302", status: 302, outcome: .server),
        Row(name: "no head", phase: .connect, status: 0, outcome: .network),
        Row(name: "after content", phase: .committed, status: 200, outcome: .brokenAfterCommit),
        Row(name: "an answer", status: 200, body: #"{"response":{"candidates":[]}}"#, outcome: .success),
        Row(
            name: "an answer with an empty error", status: 200, body: #"{"error":null,"response":{}}"#,
            outcome: .success),
        Row(name: "comments only", phase: .stream, status: 200, body: ": hi\n\n: there\n\n", outcome: .emptyStream),
        Row(name: "nothing", phase: .stream, status: 200, outcome: .emptyStream),
        Row(
            name: "an error inside a 200 stream", phase: .stream, status: 200,
            body: "data: " + ErrorBodies.error(429, details: quotaDetails) + "\r\n\r\n", outcome: .quota,
            delay: 9_442_777),
        Row(
            name: "a bare error inside a 200 stream", phase: .stream, status: 200,
            body: ": hi\n\n[" + ErrorBodies.error(503) + "]\n", outcome: .overloaded),
        Row(
            name: "an error without a code inside a 200", phase: .stream, status: 200,
            body: #"data: {"error":{"status":"UNAUTHENTICATED","message":"x"}}"#, outcome: .auth),
        Row(
            name: "a cut-off body", status: 429,
            body: String(ErrorBodies.error(429, details: quotaDetails).dropLast(30)), outcome: .quota, delay: 9_442_777),
        Row(
            name: "a cut-off SSE line", phase: .stream, status: 200,
            body: "data: " + ErrorBodies.error(429, details: quotaDetails).dropLast(90), outcome: .quota,
            delay: 9_442_777),
        Row(
            name: "plain text", status: 429, body: "Too Many Requests", outcome: .rate),
    ]

    static let token: [Row] = [
        Row(
            name: "revoked", phase: .token, status: 400,
            body: #"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
            outcome: .invalidGrant),
        Row(
            name: "token endpoint page", phase: .token, status: 503, body: ErrorBodies.html, outcome: .refreshTransient),
        Row(name: "token endpoint 429", phase: .token, status: 429, outcome: .refreshTransient),
        Row(name: "token endpoint silent", phase: .token, status: 0, outcome: .refreshTransient),
        Row(
            name: "token endpoint 400 page", phase: .token, status: 400, body: ErrorBodies.html,
            outcome: .refreshTransient),
        Row(
            name: "wrong client", phase: .token, status: 401, body: #"{"error":"invalid_client"}"#, outcome: .badRequest
        ),
    ]

    @Test(arguments: limits + account + request + service + token)
    func `the first rule that matches decides`(row: Row) {
        let result = classify(
            phase: row.phase, status: row.status, retryAfterHeader: row.header, body: Array(row.body.utf8),
            now: Self.now)
        check(result.outcome, row.outcome, row.name)
        check(result.retryAfterMilliseconds, row.delay, row.name)
        check(result.delaySource == nil, row.delay == nil, row.name)
        check(
            result.resetAfterMilliseconds, row.outcome == .quota || row.outcome == .credits ? row.delay : nil, row.name)
        check(result.message.contains("<"), false, row.name)
        if row.outcome != .success { check(result.message.isEmpty, false, row.name) }
    }

    @Test func `facts of the details come along`() {
        let quota = classify(
            phase: .answer, status: 429, retryAfterHeader: nil,
            body: Array(ErrorBodies.error(429, message: "m", details: Self.quotaDetails).utf8), now: Self.now)
        check(quota.reason, "QUOTA_EXHAUSTED")
        check(quota.errorModel, "claude-sonnet-4-5")
        check(quota.message, "m")
        let links = [
            "https://accounts.google.com/signin": "https://accounts.google.com/signin",
            "http://accounts.google.com/signin": nil, "https://evil.example/google.com": nil,
        ]
        for (link, expected) in links {
            let details = [ErrorBodies.info("VALIDATION_REQUIRED"), ErrorBodies.help("Verify", link)]
            let body = Array(ErrorBodies.error(403, details: details).utf8)
            let result = classify(phase: .answer, status: 403, retryAfterHeader: nil, body: body, now: Self.now)
            check(result.outcome, .validation, link)
            check(result.validationURL, expected, link)
        }
    }

    @Test func `a body cut anywhere keeps its status's class and never traps`() {
        let body = Array(ErrorBodies.error(429, message: "m", details: Self.quotaDetails).utf8)
        for count in body.indices {
            let outcome = classify(
                phase: .answer, status: 429, retryAfterHeader: nil, body: Array(body[..<count]), now: Self.now
            ).outcome
            if ![.quota, .rate, .bare429].contains(outcome) { Issue.record("\(count) bytes: \(outcome)") }
        }
    }

    @Test func `raw values of classes never change`() {
        check(OutcomeClass.allCases.map(\.rawValue), Array(0...26))
        check(OutcomeClass.success.rawValue, 26)
        check(OutcomeClass.quota.rawValue, 13)
        check(CallPhase.allCases.map(\.rawValue), Array(0...4))
        check(DelaySource.allCases.map(\.rawValue), Array(0...5))
    }
}
