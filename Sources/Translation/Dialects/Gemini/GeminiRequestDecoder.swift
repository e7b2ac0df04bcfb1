import APIErrors
import JSON

/// Reads a `GenerateContentRequest`. Members count in both spellings; unknown ones, and those that only steer Google's own
/// bookkeeping (`labels`, `model`), are passed over.
enum GeminiRequestDecoder {
    static func decode(_ body: JSONNode, model: String) throws(APIFailure) -> GenerationRequest {
        var request = GenerationRequest(clientModel: model)
        if let cached = body.given("cachedContent", "cached_content") {
            guard let name = cached.text else { throw RequestReading.refuse(cached, "must be a string") }
            request.cachedContent = CachedContent(name: name, path: cached.path)
        }
        request.turnsMember = "contents"
        request.givesThoughtsInPieces = true
        request.keepsPayloads = true
        // Google shows thoughts only to those who ask for them.
        request.showsThinking = false
        if let system = body.given("systemInstruction", "system_instruction") {
            request.system = try GeminiContents.system(system)
        }
        if let contents = body.given("contents") { try GeminiContents.read(contents, into: &request) }
        guard !request.turns.isEmpty || !request.system.isEmpty else {
            throw .badRequest("contents is required", param: "contents")
        }
        try GeminiTools.read(body, into: &request)
        try GeminiConfig.read(body, into: &request)
        request.safetySettings = try GeminiMembers.safetySettings(body.given("safetySettings", "safety_settings"))
        request.session = SessionReader.read(body)
        return request
    }
}
