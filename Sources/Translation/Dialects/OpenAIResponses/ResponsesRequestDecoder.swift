import APIErrors
import JSON

/// Reads the body of a response request. Unknown members are ignored; what is essential and wrong is a 400 that names the
/// member.
enum ResponsesRequestDecoder {
    static func decode(_ body: JSONNode) throws(APIFailure) -> GenerationRequest {
        guard let model = body.given("model") else { throw .badRequest("model is required", param: "model") }
        guard let name = model.string, !name.isEmpty else {
            throw RequestReading.refuse(model, "must be the name of a model")
        }
        try checkKeeping(body)
        var request = GenerationRequest(clientModel: name)
        request.turnsMember = "input"
        try readTools(body, into: &request)
        let instructions = JoinedText(try ContentReader.parts(body.given("instructions"))).text
        if !instructions.isEmpty { request.system.append(instructions) }
        try ResponsesInput.read(body, into: &request)
        try SamplingReader.read(body, into: &request.sampling)
        if let text = try RequestReading.object(body, "text") {
            request.outputFormat = try OutputFormatReader.read(text.given("format"))
        }
        (request.thinking, request.showsThinking) = ThinkingReader.read(body)
        request.session = SessionReader.read(body)
        request.streams = try RequestReading.bool(body, "stream") ?? false
        // Only for answers in the form of a neighbour: this dialect's own answers always carry their usage.
        request.includesUsage = body.given("stream_options")?.given("include_usage")?.bool ?? false
        request.allowsParallelCalls = try RequestReading.bool(body, "parallel_tool_calls") ?? true
        request.echo = try ResponseEcho.members(of: body)
        return request
    }

    /// What would need a memory of earlier answers, which this gateway has not.
    private static func checkKeeping(_ body: JSONNode) throws(APIFailure) {
        if let previous = body.given("previous_response_id") {
            throw APIFailure(.previousResponseNotFound, param: previous.path)
        }
        if try RequestReading.bool(body, "background") == true {
            throw APIFailure(
                .unsupported, message: "background: responses are not kept here, ask without it", param: "background")
        }
    }

    private static func readTools(_ body: JSONNode, into request: inout GenerationRequest) throws(APIFailure) {
        var reader = ToolReader()
        if let list = try RequestReading.array(body, "tools") { reader.read(list) }
        // Newer versions of Codex declare tools in the input.
        if let input = body.given("input"), input.kind == .array {
            for item in input.elements where item.given("type")?.equals("additional_tools") == true {
                if let list = try RequestReading.array(item, "tools") { reader.read(list) }
            }
        }
        request.tools = reader.tools
        request.search = reader.search
        if let choice = body.given("tool_choice") {
            request.toolChoice = try ToolChoiceReader.read(choice, tools: request.tools)
        }
    }
}
