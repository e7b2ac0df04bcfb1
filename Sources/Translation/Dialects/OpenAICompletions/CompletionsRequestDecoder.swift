import APIErrors
import JSON

/// Reads the body of a completion request: each prompt is a conversation of one message.
enum CompletionsRequestDecoder {
    /// Answers to one prompt.
    static let choiceCountMax = 8
    /// Answers to all prompts of a request; each is an upstream call.
    static let answerCountMax = 32

    static func decode(_ body: JSONNode) throws(APIFailure) -> GenerationRequest {
        guard let model = body.given("model") else { throw .badRequest("model is required", param: "model") }
        guard let name = model.string, !name.isEmpty else {
            throw RequestReading.refuse(model, "must be the name of a model")
        }
        var request = GenerationRequest(clientModel: name)
        request.turnsMember = "prompt"
        try readPrompts(body, into: &request)
        try SamplingReader.read(body, into: &request.sampling)
        request.thinking = ThinkingReader.read(body).wish
        request.showsThinking = false
        request.session = SessionReader.read(body)
        request.streams = try RequestReading.bool(body, "stream") ?? false
        if let options = try RequestReading.object(body, "stream_options") {
            request.includesUsage = try RequestReading.bool(options, "include_usage") ?? false
        }
        request.echoesPrompt = try RequestReading.bool(body, "echo") ?? false
        return request
    }

    private static func readPrompts(_ body: JSONNode, into request: inout GenerationRequest) throws(APIFailure) {
        guard let node = body["prompt"], !node.isNull else {
            throw .badRequest("prompt is required", param: "prompt")
        }
        let prompts: [[Turn]]
        switch node.kind {
        case .string: prompts = [try turns(node)]
        case .array:
            guard node.count > 0 else { throw RequestReading.refuse(node, "must not be empty") }
            guard node.count <= answerCountMax else {
                throw RequestReading.refuse(node, "holds more than \(answerCountMax) prompts")
            }
            var list: [[Turn]] = []
            for element in node.elements { list.append(try turns(element)) }
            prompts = list
        default: throw RequestReading.refuse(node, "must be a string or an array of strings")
        }
        let count = try RequestReading.int(body, "n") ?? 1
        guard (1...choiceCountMax).contains(count) else {
            throw .badRequest("n must be between 1 and \(choiceCountMax)", param: "n")
        }
        guard count * prompts.count <= answerCountMax else {
            throw .badRequest("more than \(answerCountMax) answers in one request", param: "n")
        }
        request.choiceCount = count * prompts.count
        // One prompt is the conversation itself, and names it.
        if prompts.count == 1 { request.turns = prompts[0] } else { request.prompts = prompts }
    }

    private static func turns(_ node: JSONNode) throws(APIFailure) -> [Turn] {
        guard let text = node.text else {
            let isTokens = node.kind == .array || node.kind == .number
            throw RequestReading.refuse(
                node, isTokens ? "prompts of token numbers are not supported" : "must be a string")
        }
        guard !text.isEmpty else { throw RequestReading.refuse(node, "must not be empty") }
        return [Turn(role: .user, parts: [.text(text)])]
    }
}
