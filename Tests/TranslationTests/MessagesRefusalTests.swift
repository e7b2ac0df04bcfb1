import APIErrors
import JSON
import Testing

@testable import Translation

/// What a message request is refused for, and the member the refusal names.
@Suite struct MessagesRefusalTests {
    struct Row: CustomTestStringConvertible {
        var body: String
        var param: String?
        var situation = Situation.badRequest
        var testDescription: String { String(body.prefix(110)) }
    }

    private static func user(_ block: String) -> String {
        #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[\#(block)]}]}"#
    }

    private static func with(_ members: String) -> String {
        #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Hi"}],\#(members)}"#
    }

    static let rows = [
        Row(body: "[]", param: nil),
        Row(body: #"{"messages":[{"role":"user","content":"Hi"}]}"#, param: "model"),
        Row(body: #"{"model":"m"}"#, param: "messages"),
        Row(body: #"{"model":"m","messages":"Hi"}"#, param: "messages"),
        Row(body: #"{"model":"m","messages":[]}"#, param: "messages"),
        Row(body: #"{"model":"m","messages":[{"role":"user","content":[]}]}"#, param: "messages"),
        Row(body: #"{"model":"m","messages":[{"role":"user","content":7}]}"#, param: "messages[0].content"),
        Row(body: user(#"{"type":"text","text":7}"#), param: "messages[0].content[0].text"),
        Row(body: user(#"{"type":"image"}"#), param: "messages[0].content[0]"),
        Row(body: user(#"{"type":"image","source":"x"}"#), param: "messages[0].content[0].source"),
        Row(
            body: user(#"{"type":"image","source":{"type":"base64","media_type":"image/png"}}"#),
            param: "messages[0].content[0].source"),
        Row(
            body: user(#"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"a!"}}"#),
            param: "messages[0].content[0].source.data"),
        Row(
            body: user(#"{"type":"image","source":{"type":"file","file_id":"f1"}}"#),
            param: "messages[0].content[0].source"),
        Row(
            body: user(#"{"type":"image","source":{"type":"url","url":"file:///etc/passwd"}}"#),
            param: "messages[0].content[0].source.url"),
        Row(
            body: user(#"{"type":"document","source":{"type":"file","file_id":"f1"}}"#),
            param: "messages[0].content[0].source"),
        Row(
            body: user(#"{"type":"document","source":{"type":"text","data":7}}"#),
            param: "messages[0].content[0].source.data"),
        Row(
            body: user(#"{"type":"tool_result","tool_use_id":7,"content":"x"}"#),
            param: "messages[0].content[0].tool_use_id"),
        Row(
            body: user(#"{"type":"tool_result","tool_use_id":"a","content":7}"#),
            param: "messages[0].content[0].content"),
        Row(
            body: user(#"{"type":"tool_result","tool_use_id":"a","is_error":"yes"}"#),
            param: "messages[0].content[0].is_error"),
        Row(
            body:
                #"{"model":"m","messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","input":{}}]}]}"#,
            param: "messages[0].content[0]"),
        Row(
            body:
                #"{"model":"m","messages":[{"role":"assistant","content":[{"type":"thinking","thinking":7}]}]}"#,
            param: "messages[0].content[0].thinking"),
        Row(body: with(#""system":7"#), param: "system"),
        Row(body: with(#""system":[7]"#), param: "system[0]"),
        Row(body: with(#""system":[{"type":"text","text":7}]"#), param: "system[0].text"),
        Row(body: with(#""tools":{}"#), param: "tools"),
        Row(body: with(#""tool_choice":{"type":"tool","name":"nobody"}"#), param: "tool_choice.name"),
        Row(body: with(#""tool_choice":{"type":"sometimes"}"#), param: "tool_choice"),
        Row(
            body: with(#""tool_choice":{"type":"auto","disable_parallel_tool_use":1}"#),
            param: "tool_choice.disable_parallel_tool_use"),
        Row(body: with(#""thinking":true"#), param: "thinking"),
        Row(body: with(#""thinking":{"type":"deep"}"#), param: "thinking.type"),
        Row(body: with(#""thinking":{"type":"enabled","budget_tokens":"many"}"#), param: "thinking.budget_tokens"),
        Row(body: with(#""output_config":7"#), param: "output_config"),
        Row(body: with(#""output_config":{"format":{"type":"json_schema"}}"#), param: "output_config.format"),
        Row(body: with(#""output_format":{"type":"json_schema","schema":[]}"#), param: "output_format.schema"),
        Row(body: with(#""stop_sequences":7"#), param: "stop_sequences"),
        Row(body: with(#""temperature":"hot""#), param: "temperature"),
        Row(body: with(#""top_k":"x""#), param: "top_k"),
        Row(body: with(#""stream":"yes""#), param: "stream"),
        Row(body: #"{"model":"m","max_tokens":0,"messages":[{"role":"user","content":"Hi"}]}"#, param: "max_tokens"),
    ]

    @Test func `a thread is refused with the code on which the SDK sends the whole conversation`() throws {
        let body = Self.with(#""thread":{"type":"continue","previous_message_id":"msg_1"}"#)
        do {
            _ = try DialectPath(Array(body.utf8), as: Anthropic())
            Issue.record("not refused")
        } catch let failure as APIFailure {
            let told = try JSONValue(parsing: failure.body(in: .anthropic, requestID: "req_1"))
            #expect(failure.status(in: .anthropic) == 400)
            #expect(
                told["error"]?["details"]
                    == ["error_code": "thread_unsupported_request", "unsupported": ["thread"]])
        }
    }

    @Test(arguments: rows)
    func `a refusal is a 400 that names the offending member`(row: Row) throws {
        do {
            var path = try DialectPath(Array(row.body.utf8), as: Anthropic())
            _ = try path.upstreamBody()
            Issue.record("not refused")
        } catch let failure as APIFailure {
            #expect(failure.situation == row.situation)
            #expect(failure.status(in: .anthropic) == 400)
            #expect(failure.param == row.param, "\(failure.message)")
            #expect(!failure.message.contains("passwd"))
        }
    }
}
