import APIErrors
import JSON
import Testing

@testable import Translation

/// What a chat request is refused for, and the member the refusal names.
@Suite struct ChatRefusalTests {
    struct Row: CustomTestStringConvertible {
        var body: String
        var param: String?
        var situation = Situation.badRequest
        /// Words that the message must hold, and must not.
        var says = ""
        var hides = ""

        var testDescription: String { String(body.prefix(100)) }
    }

    private static func user(_ content: String) -> String {
        #"{"model":"gemini-3-flash","messages":[{"role":"user","content":\#(content)}]}"#
    }

    private static func with(_ members: String) -> String {
        #"{"model":"gemini-3-flash","messages":[{"role":"user","content":"Hi"}],\#(members)}"#
    }

    static let rows = [
        Row(body: "[]", param: nil),
        Row(body: #"{"messages":[{"role":"user","content":"Hi"}]}"#, param: "model"),
        Row(body: #"{"model":7,"messages":[{"role":"user","content":"Hi"}]}"#, param: "model"),
        Row(body: #"{"model":" ","messages":[{"role":"user","content":"Hi"}]}"#, param: "model"),
        Row(
            body: #"{"model":"\#(String(repeating: "m", count: 513))","messages":[{"role":"user","content":"Hi"}]}"#,
            param: "model", says: "512"),
        Row(body: #"{"model":"m"}"#, param: "messages"),
        Row(body: #"{"model":"m","messages":null}"#, param: "messages"),
        Row(body: #"{"model":"m","messages":"Hi"}"#, param: "messages", says: "array"),
        Row(body: #"{"model":"m","messages":[]}"#, param: "messages", says: "empty"),
        Row(body: #"{"model":"m","messages":[{"role":"user","content":""}]}"#, param: "messages"),
        Row(body: #"{"model":"m","messages":["Hi"]}"#, param: "messages[0]"),
        Row(body: #"{"model":"m","messages":[{"content":"Hi"}]}"#, param: "messages[0]", says: "role"),
        Row(body: #"{"model":"m","messages":[{"role":"robot","content":"Hi"}]}"#, param: "messages[0].role"),
        Row(body: user("7"), param: "messages[0].content"),
        Row(body: user(#"[{"type":7}]"#), param: "messages[0].content[0].type"),
        Row(body: user("[7]"), param: "messages[0].content[0]"),
        Row(body: user(#"[{"type":"text","text":{}}]"#), param: "messages[0].content[0].text"),
        Row(body: user(#"[{"type":"image_url"}]"#), param: "messages[0].content[0]"),
        Row(
            body: user(#"[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"file:///etc/passwd"}}]"#),
            param: "messages[0].content[1].image_url.url", hides: "passwd"),
        Row(
            body: user(#"[{"type":"image_url","image_url":"/etc/passwd"}]"#), param: "messages[0].content[0].image_url"),
        Row(
            body: user(#"[{"type":"image_url","image_url":{"url":"http://u:secret@169.254.169.254/x?y"}}]"#),
            param: "messages[0].content[0].image_url.url", says: "user name", hides: "secret"),
        Row(
            body: user(#"[{"type":"image_url","image_url":{"url":"data:image/png;base64,a!"}}]"#),
            param: "messages[0].content[0].image_url.url", says: "base64"),
        Row(
            body: user(#"[{"type":"image_url","image_url":{"url":"data:image/png;base64"}}]"#),
            param: "messages[0].content[0].image_url.url"),
        Row(
            body: user(#"[{"type":"file","file":{"file_id":"f1"}}]"#), param: "messages[0].content[0].file.file_id"),
        Row(
            body: user(#"[{"type":"input_audio","input_audio":{"data":"?"}}]"#),
            param: "messages[0].content[0].input_audio.data"),
        Row(
            body: #"{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","function":{}}]}]}"#,
            param: "messages[0].tool_calls[0].function", says: "name"),
        Row(
            body: #"{"model":"m","messages":[{"role":"assistant","tool_calls":{}}]}"#,
            param: "messages[0].tool_calls"),
        Row(body: with(#""tools":{}"#), param: "tools"),
        Row(
            body: with(#""tool_choice":{"type":"function","function":{"name":"nobody"}}"#),
            param: "tool_choice.function.name"),
        Row(body: with(#""tool_choice":"sometimes""#), param: "tool_choice"),
        Row(
            body: with(#""tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[]}}"#),
            param: "tool_choice.allowed_tools.tools"),
        Row(body: with(#""temperature":"hot""#), param: "temperature"),
        Row(body: with(#""max_tokens":0"#), param: "max_tokens"),
        Row(body: with(#""max_completion_tokens":1.5"#), param: "max_completion_tokens"),
        Row(body: with(#""stop":7"#), param: "stop"),
        Row(body: with(#""stream":"yes""#), param: "stream"),
        Row(body: with(#""stream_options":[]"#), param: "stream_options"),
        Row(body: with(#""n":0"#), param: "n"),
        Row(body: with(#""n":9"#), param: "n"),
        Row(body: with(#""modalities":["text","audio"]"#), param: "modalities[1]", situation: .unsupported),
        Row(body: with(#""response_format":"json""#), param: "response_format"),
        Row(body: with(#""response_format":{"type":"json_schema","json_schema":{}}"#), param: "response_format"),
        Row(
            body: with(#""response_format":{"type":"json_schema","json_schema":{"name":"a","schema":[]}}"#),
            param: "response_format.json_schema.schema"),
    ]

    @Test(arguments: rows)
    func `a refusal is a 400 that names the offending member`(row: Row) throws {
        do {
            var path = try DialectPath(Array(row.body.utf8))
            _ = try path.upstreamBody()
            Issue.record("served")
        } catch let failure as APIFailure {
            let isRight =
                failure.situation == row.situation && failure.param == row.param && failure.status(in: .openAI) == 400
                && (row.says.isEmpty || failure.message.contains(row.says))
                && (row.hides.isEmpty || !failure.message.contains(row.hides))
            if !isRight { Issue.record("\(failure)") }
        }
    }

    @Test func `an unknown model is a 404 when the operator wants that`() throws {
        var settings = TranslationSettings()
        settings.unknownModel = .reject
        let router = ModelRouter(customMapping: [:], settings: settings)
        let failure = #expect(throws: APIFailure.self) { try router.resolve("my-model") }
        #expect(failure?.status(in: .openAI) == 404)
    }
}
