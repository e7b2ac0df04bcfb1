import APIErrors
import JSON
import Testing

@testable import Translation

/// What a response request is refused for, and the member the refusal names.
@Suite struct ResponsesRefusalTests {
    struct Row: CustomTestStringConvertible {
        var body: String
        var param: String?
        var situation = Situation.badRequest
        var status = 400

        var testDescription: String { String(body.prefix(100)) }
    }

    private static func input(_ items: String) -> String { #"{"model":"m","input":[\#(items)]}"# }

    private static func with(_ members: String) -> String { #"{"model":"m","input":"Hi",\#(members)}"# }

    static let rows = [
        Row(body: "[]", param: nil),
        Row(body: #"{"input":"Hi"}"#, param: "model"),
        Row(body: #"{"model":[],"input":"Hi"}"#, param: "model"),
        Row(body: #"{"model":"m"}"#, param: "input"),
        Row(body: #"{"model":"m","input":null}"#, param: "input"),
        Row(body: #"{"model":"m","input":7}"#, param: "input"),
        Row(body: #"{"model":"m","input":""}"#, param: "input"),
        Row(body: input(""), param: "input"),
        Row(body: input(#"{"type":"web_search_call","id":"w"}"#), param: "input"),
        Row(body: #"{"model":"claude-sonnet-4-5","input":" "}"#, param: "input"),
        Row(body: input("7"), param: "input[0]"),
        Row(body: input("{}"), param: "input[0]"),
        Row(body: input(#"{"type":7}"#), param: "input[0].type"),
        Row(body: input(#"{"type":"message"}"#), param: "input[0]"),
        Row(body: input(#"{"role":"robot","content":"x"}"#), param: "input[0].role"),
        Row(body: input(#"{"role":"user","content":7}"#), param: "input[0].content"),
        Row(
            body: input(#"{"role":"user","content":[{"type":"input_image","file_id":"f"}]}"#),
            param: "input[0].content[0].file_id"),
        Row(
            body: input(#"{"role":"user","content":[{"type":"input_image","image_url":"file:///etc/passwd"}]}"#),
            param: "input[0].content[0].image_url"),
        Row(
            body: input(#"{"role":"user","content":[{"type":"input_file","file_url":"file:///etc/passwd"}]}"#),
            param: "input[0].content[0].file_url"),
        Row(
            body: input(#"{"role":"user","content":[{"type":"input_file","filename":"a.pdf"}]}"#),
            param: "input[0].content[0]"),
        Row(body: input(#"{"type":"function_call","call_id":"c"}"#), param: "input[0]"),
        Row(body: input(#"{"type":"function_call","call_id":"c","name":""}"#), param: "input[0].name"),
        Row(body: input(#"{"type":"local_shell_call","call_id":"c","action":[]}"#), param: "input[0].action"),
        Row(body: input(#"{"type":"function_call_output","call_id":"c","output":7}"#), param: "input[0].output"),
        Row(body: input(#"{"type":"reasoning","summary":"x"}"#), param: "input[0].summary"),
        Row(body: input(#"{"type":"item_reference"}"#), param: "input[0]"),
        Row(
            body: input(#"{"role":"user","content":"Hi"},{"type":"item_reference","id":"rs_1"}"#), param: "input[1].id",
            situation: .itemNotFound, status: 404),
        Row(
            body: with(#""previous_response_id":"resp_1""#), param: "previous_response_id",
            situation: .previousResponseNotFound),
        Row(body: with(#""background":true"#), param: "background", situation: .unsupported),
        Row(body: with(#""background":"no""#), param: "background"),
        Row(body: with(#""instructions":7"#), param: "instructions"),
        Row(body: with(#""tools":{}"#), param: "tools"),
        Row(body: with(#""tool_choice":{"type":"function","name":"nobody"}"#), param: "tool_choice.name"),
        Row(body: with(#""tool_choice":{"type":"custom","name":"nobody"}"#), param: "tool_choice.name"),
        Row(body: with(#""tool_choice":{"type":"local_shell"}"#), param: "tool_choice"),
        Row(
            body: with(
                #""tools":[{"type":"namespace","name":"n","tools":[{"name":"a"}]}],"tool_choice":{"type":"function","name":"a"}"#
            ), param: "tool_choice.name"),
        Row(body: with(#""reasoning":"high""#), param: "reasoning"),
        Row(body: with(#""text":"json""#), param: "text"),
        Row(body: with(#""text":{"format":{"type":"json_schema"}}"#), param: "text.format"),
        Row(body: with(#""metadata":[]"#), param: "metadata"),
        Row(body: with(#""max_output_tokens":0"#), param: "max_output_tokens"),
        Row(body: with(#""temperature":"hot""#), param: "temperature"),
        Row(body: with(#""stream":1"#), param: "stream"),
        Row(body: with(#""parallel_tool_calls":"no""#), param: "parallel_tool_calls"),
    ]

    @Test(arguments: rows)
    func `a refusal names the offending member`(row: Row) throws {
        do {
            var path = try DialectPath(Array(row.body.utf8), as: OpenAIResponses())
            _ = try path.upstreamBody()
            Issue.record("served")
        } catch let failure as APIFailure {
            let isRight =
                failure.situation == row.situation && failure.param == row.param
                && failure.status(in: .openAI) == row.status && !failure.message.contains("passwd")
            if !isRight { Issue.record("\(failure)") }
        }
    }

    /// Codex acts on the code, and waits as long as the message of a limit says.
    @Test(arguments: [
        (Situation.allAccountsLimited, "rate_limit_exceeded"), (.busy, "rate_limit_exceeded"),
        (.requestRejected, "rate_limit_exceeded"), (.contextTooLong, "context_length_exceeded"),
        (.quotaExhausted, "insufficient_quota"), (.overloaded, "server_is_overloaded"),
        (.workerLost, "server_is_overloaded"), (.upstreamError, "server_error"), (.upstreamTimeout, "server_error"),
        (.internalError, "server_error"), (.accountsUnusable, "server_error"),
    ])
    func `a broken response says why in a code`(situation: Situation, code: String) throws {
        let request = GenerationRequest(clientModel: "m")
        let context = AnswerContext(id: "resp_1", created: 1, request: request, identifiers: Counting().next)
        var encoder = OpenAIResponses().makeStreamEncoder(context, for: request)
        var bytes: [UInt8] = []
        encoder.encode(.text("a"), into: &bytes)
        encoder.fail(APIFailure(situation, message: "Why.", retryAfterSeconds: 13), requestID: "r", into: &bytes)
        var checker = ResponsesStreamChecker()
        try checker.check(bytes)
        let error = checker.last["error"]
        #expect(error?["code"]?.string == code)
        let waits = code == "rate_limit_exceeded"
        #expect(error?["message"]?.string == (waits ? "Why. Please try again in 13s." : "Why."))
        #expect(checker.types.suffix(2) == ["response.output_text.delta", "response.failed"])
    }
}
