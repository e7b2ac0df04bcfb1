import APIErrors
import HTTP
import JSON
import Testing

@Suite struct APIFailureTests {
    @Test func `every situation has a row here`() {
        #expect(Set(ExpectedError.all.map(\.situation)) == Set(Situation.allCases))
    }

    @Test(arguments: ExpectedError.all)
    func `a situation has one status and one word for each family`(row: ExpectedError) throws {
        let failure = APIFailure(row.situation)
        let openAI = try error(of: failure, in: .openAI)
        expect("\(openAI.status) \(text(openAI.object["type"]))/\(text(openAI.object["code"]))", row.openAI)
        expect(openAI.object.members.map(\.name).joined(separator: " "), "message type param code")
        let anthropic = try error(of: failure, in: .anthropic)
        expect("\(anthropic.status) \(text(anthropic.object["type"]))", row.anthropic)
        let gemini = try error(of: failure, in: .gemini)
        expect("\(gemini.status) \(text(gemini.object["status"]))", row.gemini)
        expect(text(gemini.object["code"]), "\(gemini.status)")
        for family in DialectFamily.allCases {
            let fields = failure.response(in: family, requestID: "req_1").head.fields
            expect("\(fields["retry-after"] ?? "-") \(fields["x-should-retry"] ?? "-")", row.retry)
            expect(fields["content-type"] ?? "-", "application/json")
            expect(fields["x-gateway-error-source"] ?? "-", "gateway")
            expect("\(fields["x-request-id"] ?? "-") \(fields["request-id"] ?? "-")", "req_1 req_1")
        }
    }

    @Test func `bodies carry message, member and request id where the family has a place for them`() {
        let failure = APIFailure.badRequest("Must be \"a\"\nlist.", param: "messages[0]")
        expect(
            body(failure, .openAI),
            #"{"error":{"message":"Must be \"a\"\nlist.","type":"invalid_request_error","param":"messages[0]","code":null}}"#
        )
        expect(
            body(failure, .anthropic),
            #"{"type":"error","error":{"type":"invalid_request_error","message":"Must be \"a\"\nlist. (messages[0])"},"#
                + #""request_id":"req_1"}"#)
        expect(
            body(failure, .gemini),
            #"{"error":{"code":400,"message":"Must be \"a\"\nlist. (messages[0])","status":"INVALID_ARGUMENT"}}"#)
        let limited = APIFailure(.quotaExhausted, message: "m", retryAfterSeconds: 12)
        expect(
            body(limited, .gemini),
            #"{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":"#
                + #"[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"12s"}]}}"#)
        let long = APIFailure(.contextTooLong, message: "2 tokens > 1")
        expect(
            body(long, .anthropic),
            #"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 2 tokens > 1"},"#
                + #""request_id":"req_1"}"#)
    }

    @Test func `a broken stream ends in the family's own way and never looks finished`() {
        let failure = APIFailure(.workerLost, message: "m")
        expect(
            end(failure, .openAI),
            #"data: {"error":{"message":"m","type":"server_error","param":null,"code":"gateway_worker_lost"}}"#
                + "\n\ndata: [DONE]\n\n")
        expect(
            end(failure, .anthropic),
            "event: error\n"
                + #"data: {"type":"error","error":{"type":"api_error","message":"m"},"request_id":"req_1"}"# + "\n\n")
        expect(end(failure, .gemini), #"{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}"# + "\n\n")
    }

    @Test func `a broken response ends in the terms of Responses, with nothing at the top that makes SDKs raise`() {
        let end = APIFailure(.workerLost, message: "m").responseEnd(sequenceNumber: 77, unixSeconds: 9)
        expect(
            String(decoding: end, as: UTF8.self),
            "event: response.failed\n"
                + #"data: {"type":"response.failed","sequence_number":77,"response":{"id":"","object":"response","#
                + #""created_at":9,"status":"failed","error":{"code":"server_is_overloaded","message":"m"},"#
                + #""incomplete_details":null,"model":"","output":[],"usage":null}}"# + "\n\n")
    }

    @Test(
        arguments: [
            (nil, nil, "5 -"), (0, nil, "1 -"), (120, nil, "120 -"), (121, nil, "121 false"), (121, true, "121 true"),
        ] as [(Int?, Bool?, String)])
    func `a wait above two minutes is not waited for`(seconds: Int?, shouldRetry: Bool?, expected: String) {
        let failure = APIFailure(.overloaded, retryAfterSeconds: seconds, shouldRetry: shouldRetry, source: .upstream)
        let fields = failure.response(in: .anthropic, requestID: "r").head.fields
        expect("\(fields["retry-after"] ?? "-") \(fields["x-should-retry"] ?? "-")", expected)
        expect(fields["x-gateway-error-source"] ?? "-", "upstream")
    }

    @Test(arguments: HTTPRefusal.Reason.allCases)
    func `an HTTP refusal keeps its status and says why`(reason: HTTPRefusal.Reason) {
        let failure = APIFailure.refusal(HTTPRefusal(reason))
        expect("\(failure.status(in: .openAI))", "\(reason.status)")
        expect(failure.message, reason.text)
    }

    @Test(arguments: [
        ("/v1/chat/completions", false, DialectFamily.openAI), ("/v1/chat/completions", true, .openAI),
        ("/v1/messages", false, .anthropic), ("/v1/messages/count_tokens", false, .anthropic),
        ("/v1/models", false, .openAI), ("/v1/models", true, .anthropic), ("/v1/unknown", true, .anthropic),
        ("/v1beta/models/x:generateContent", false, .gemini), ("/v1beta/unknown", true, .gemini),
        ("/v1/models/gemini-3-pro:generateContent", false, .gemini), ("/v1/models/x", false, .openAI),
        ("/v1/messagesx", false, .openAI), ("/cursor/chat/completions", true, .openAI), ("/", false, .openAI),
    ])
    func `path and headers tell the family`(path: String, hasVersion: Bool, family: DialectFamily) {
        var fields = HTTPFields()
        if hasVersion { fields.add("Anthropic-Version", "2023-06-01") }
        expect("\(DialectFamily.of(path: path, fields: fields))", "\(family)")
    }

    @Test(arguments: [
        ("/v1/models", DialectFamily.gemini), ("/v1/models/x", .gemini), ("/v1/unknown", .gemini),
        ("/v1/chat/completions", .openAI), ("/v1/messages", .anthropic), ("/cursor/models", .openAI),
    ])
    func `Google's SDKs tell the family of a path that is nobody's own`(path: String, family: DialectFamily) {
        var fields = HTTPFields()
        fields.add("x-goog-api-client", "google-genai-sdk/1")
        expect("\(DialectFamily.of(path: path, fields: fields))", "\(family)")
    }

    @Test func `a wrong method is told the right ones, a missing key where to put it`() {
        let fields = APIFailure.methodNotAllowed([.post, .options]).response(in: .openAI, requestID: "r").head.fields
        expect(fields["allow"] ?? "-", "POST, OPTIONS")
        let challenge = APIFailure.unauthorized.response(in: .openAI, requestID: "r").head.fields["www-authenticate"]
        expect(challenge ?? "-", "Bearer realm=\"api\"")
    }

    private func error(of failure: APIFailure, in family: DialectFamily) throws -> (status: Int, object: JSONObject) {
        let (head, body) = failure.response(in: family, requestID: "req_1")
        guard case .object(let object)? = try JSONValue(parsing: body)["error"] else { return (head.status, [:]) }
        return (head.status, object)
    }

    private func text(_ value: JSONValue?) -> String {
        switch value {
        case .string(let text)?: text
        case .number(let text)?: text
        case .null?: "null"
        default: "missing"
        }
    }

    private func body(_ failure: APIFailure, _ family: DialectFamily) -> String {
        String(decoding: failure.body(in: family, requestID: "req_1"), as: UTF8.self)
    }

    private func end(_ failure: APIFailure, _ family: DialectFamily) -> String {
        String(decoding: failure.streamEnd(in: family, requestID: "req_1"), as: UTF8.self)
    }

    private func expect(_ seen: String, _ expected: String, _ location: SourceLocation = #_sourceLocation) {
        if seen != expected { Issue.record("\(seen)\nnot\n\(expected)", sourceLocation: location) }
    }
}
