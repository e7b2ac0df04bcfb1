import JSON
import Testing

@testable import Translation

/// Every word the upstream has for an end, in the words of every dialect that has its own. None of the upstream's reaches them.
@Suite struct FinishReasonTests {
    struct Row: Sendable {
        var upstream: [String]
        var chat: String
        var anthropic: String
        var responses: String
    }

    static let rows = [
        Row(upstream: ["STOP"], chat: "stop", anthropic: "end_turn", responses: "completed"),
        Row(upstream: ["MAX_TOKENS"], chat: "length", anthropic: "max_tokens", responses: "incomplete"),
        Row(
            upstream: [
                "SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE", "IMAGE_SAFETY",
                "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION",
            ], chat: "content_filter", anthropic: "refusal", responses: "incomplete"),
        Row(
            upstream: [
                "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE",
                "MISSING_THOUGHT_SIGNATURE", "OTHER", "NO_IMAGE", "IMAGE_OTHER", "FINISH_REASON_UNSPECIFIED",
                "SOMETHING_NEW", "",
            ], chat: "stop", anthropic: "end_turn", responses: "completed"),
    ]

    private static let bodies: [String: (dialect: any ClientDialect, body: JSONValue)] = {
        let messages: JSONValue = [["role": "user", "content": "Hi"]]
        let tools: JSONValue = [["name": "look", "input_schema": ["type": "object"]]]
        return [
            "chat": (OpenAIChat(), ["model": "m", "messages": messages, "tools": tools]),
            "completions": (OpenAICompletions(), ["model": "m", "prompt": "Hi"]),
            "anthropic": (Anthropic(), ["model": "m", "max_tokens": 9, "messages": messages, "tools": tools]),
            "responses": (OpenAIResponses(), ["model": "m", "input": "Hi", "tools": tools]),
        ]
    }()

    private func answer(_ dialect: String, _ parts: String, _ word: String) throws -> JSONValue {
        let (dialect, body) = try #require(Self.bodies[dialect])
        var path = try DialectPath(body, as: dialect)
        return try path.answer([
            #"{"response":{"candidates":[{"content":{"parts":[\#(parts)]},"finishReason":"\#(word)"}]}}"#
        ])
    }

    @Test(arguments: rows)
    func `an end has one word in each dialect`(row: Row) throws {
        for word in row.upstream {
            let text = #"{"text":"Hm"}"#
            let chat = try answer("chat", text, word)["choices"]?.array?.first?["finish_reason"]?.string
            let completion = try answer("completions", text, word)["choices"]?.array?.first?["finish_reason"]?.string
            let message = try answer("anthropic", text, word)["stop_reason"]?.string
            let response = try answer("responses", text, word)["status"]?.string
            let found = [chat, completion, message, response]
            if found != [row.chat, row.chat, row.anthropic, row.responses] { Issue.record("\(word): \(found)") }
        }
    }

    /// Agents stop when they are told of an end and not of a call.
    @Test(arguments: rows)
    func `an answer with a call ends with the call, whatever the upstream says`(row: Row) throws {
        for word in row.upstream {
            let call = #"{"functionCall":{"name":"look","args":{}}}"#
            let chat = try answer("chat", call, word)["choices"]?.array?.first?["finish_reason"]
            let message = try answer("anthropic", call, word)["stop_reason"]
            if chat != "tool_calls" || message != "tool_use" {
                Issue.record("\(word): \(chat ?? "-") \(message ?? "-")")
            }
        }
    }
}
