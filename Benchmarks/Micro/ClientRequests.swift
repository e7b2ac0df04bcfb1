import JSON
import Translation

/// The same two requests in the words of each dialect: a small one that wants a stream, and a coding client's.
struct ClientRequests {
    var name: String
    var dialect: any ClientDialect
    var small: [UInt8]
    /// Nil for a dialect that coding clients do not speak.
    var coding: [UInt8]?

    static let codingSizeBytes = 200_000

    static let smallChat =
        Array(
            #"{"model":"gemini-3-flash","messages":[{"role":"system","content":"Answer briefly."},{"role":"user","content":"#
                .utf8)
        + Array(#""Say hello and name the steps a request takes."}],"temperature":0.7,"stream":true}"#.utf8)

    static func all() throws -> [ClientRequests] {
        let chat = CodingRequest.make(sizeBytes: codingSizeBytes)
        let turns = try JSONValue(parsing: chat)
        let prompt = Array(#"{"model":"gemini-3-flash","prompt":"Say hello.","stream":true}"#.utf8)
        let input = Array(#"{"model":"gemini-3-flash","input":"Say hello.","stream":true}"#.utf8)
        let message = Array(
            #"{"model":"gemini-3-flash","max_tokens":99,"stream":true,"messages":[{"role":"user","content":"Hi"}]}"#
                .utf8)
        let contents = Array(#"{"contents":[{"role":"user","parts":[{"text":"Say hello."}]}]}"#.utf8)
        func native(_ framing: GeminiFraming) -> GeminiNative {
            GeminiNative(model: "gemini-3-flash", framing: framing)
        }
        let responses = CodingTurns.responses(turns).serialized
        let messages = CodingTurns.messages(turns).serialized
        return [
            Self(name: "chat", dialect: OpenAIChat(), small: smallChat, coding: chat),
            Self(name: "completions", dialect: OpenAICompletions(), small: prompt),
            Self(name: "responses", dialect: OpenAIResponses(), small: input, coding: responses),
            Self(name: "messages", dialect: Anthropic(), small: message, coding: messages),
            Self(
                name: "gemini", dialect: native(.events), small: contents, coding: CodingTurns.native(turns).serialized),
            Self(name: "gemini-array", dialect: native(.array), small: contents),
            Self(name: "cursor", dialect: Cursor(.thinkTags), small: smallChat, coding: messages),
        ]
    }
}
