import APIErrors
import JSON

/// What a body of another API says in the words of a chat completion: Cursor mixes them, and the answer is always a chat
/// completion.
enum CursorMixture {
    /// Reads the chat members that the body's own dialect does not know. Where both say something, its own dialect counts.
    static func complete(_ request: inout GenerationRequest, from body: JSONNode) throws(APIFailure) {
        if let options = try RequestReading.object(body, "stream_options") {
            request.includesUsage = try RequestReading.bool(options, "include_usage") ?? false
        }
        if try RequestReading.bool(body, "parallel_tool_calls") == false { request.allowsParallelCalls = false }
        if case .text = request.outputFormat {
            request.outputFormat = try OutputFormatReader.read(body.given("response_format"))
        }
        if body.given("web_search_options") != nil, request.search == nil { request.search = SearchWish() }
        try ChatRequestDecoder.readChoices(body, into: &request)
        readThinking(&request, body)
        // Members that only the other dialect's own answers have.
        request.echo = nil
    }

    private static func readThinking(_ request: inout GenerationRequest, _ body: JSONNode) {
        // Thinking goes out in a form that any client shows, also one that cannot give it back.
        request.thinksUnaskedOnClaude = true
        guard request.thinking == .unspecified else {
            if !request.showsThinkingText { request.showsThinking = false }
            return
        }
        (request.thinking, request.showsThinking) = ThinkingReader.read(body)
    }
}
