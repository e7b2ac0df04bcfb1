import APIErrors
import JSON

/// Reads the body of a chat completion request. Unknown members are ignored; what is essential and wrong is a 400 that names
/// the member.
enum ChatRequestDecoder {
    /// Answers for one request. Each is an upstream call of its own, since current models give one answer to a call.
    static let choiceCountMax = 8

    static func decode(_ body: JSONNode) throws(APIFailure) -> GenerationRequest {
        guard let model = body.given("model") else { throw .badRequest("model is required", param: "model") }
        guard let name = model.string, !name.isEmpty else {
            throw RequestReading.refuse(model, "must be the name of a model")
        }
        var request = GenerationRequest(clientModel: name)
        try readTools(body, into: &request)
        try MessageReader.read(body, into: &request)
        try SamplingReader.read(body, into: &request.sampling)
        if let format = body.given("response_format") { request.outputFormat = try OutputFormatReader.read(format) }
        (request.thinking, request.showsThinking) = ThinkingReader.read(body)
        request.session = SessionReader.read(body)
        request.streams = try RequestReading.bool(body, "stream") ?? false
        if let options = try RequestReading.object(body, "stream_options") {
            request.includesUsage = try RequestReading.bool(options, "include_usage") ?? false
        }
        request.allowsParallelCalls = try RequestReading.bool(body, "parallel_tool_calls") ?? true
        try readChoices(body, into: &request)
        request.asksForImages = try readModalities(body)
        return request
    }

    private static func readTools(_ body: JSONNode, into request: inout GenerationRequest) throws(APIFailure) {
        var reader = ToolReader()
        if let list = try RequestReading.array(body, "tools") { reader.read(list) }
        if let functions = try RequestReading.array(body, "functions") {
            request.usesLegacyFunctions = reader.tools.isEmpty
            for function in functions.elements { reader.declare(function) }
        }
        request.tools = reader.tools
        request.search = body.given("web_search_options") != nil ? SearchWish() : reader.search
        if let choice = body.given("tool_choice") ?? body.given("function_call") {
            request.toolChoice = try ToolChoiceReader.read(choice, tools: request.tools)
        }
    }

    static func readChoices(_ body: JSONNode, into request: inout GenerationRequest) throws(APIFailure) {
        if let count = try RequestReading.int(body, "n") {
            guard (1...choiceCountMax).contains(count) else {
                throw .badRequest("n must be between 1 and \(choiceCountMax)", param: "n")
            }
            request.choiceCount = count
        }
    }

    /// Whether images are among them.
    private static func readModalities(_ body: JSONNode) throws(APIFailure) -> Bool {
        guard let modalities = try RequestReading.array(body, "modalities") else { return false }
        for word in modalities.elements where word.equals("audio") {
            throw APIFailure(.unsupported, message: "audio output is not supported", param: word.path)
        }
        return modalities.elements.contains { $0.equals("image") }
    }
}
