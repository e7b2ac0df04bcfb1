import APIErrors
import JSON

/// Reads the body of a message request. Unknown members are ignored; what is essential and wrong is a 400 that names the
/// member. `cache_control` and other members of blocks and tools are never looked at, so they go nowhere.
enum MessagesRequestDecoder {
    /// How a block of the system text begins that changes with each call and would ruin the upstream's prompt cache.
    private static let billingHeader = Array("x-anthropic-billing-header:".utf8)

    static func decode(
        _ body: JSONNode, systemMessages: MessageReader.SystemMessages = .inPlace
    ) throws(APIFailure) -> GenerationRequest {
        guard let model = body.given("model") else { throw .badRequest("model is required", param: "model") }
        guard let name = model.string, !name.isEmpty else {
            throw RequestReading.refuse(model, "must be the name of a model")
        }
        try refuseThread(body)
        var request = GenerationRequest(clientModel: name)
        request.thinksUnaskedOnClaude = false
        request.system = try system(body.given("system"))
        try readTools(body, into: &request)
        try MessageReader.read(body, systemMessages: systemMessages, into: &request)
        try SamplingReader.read(body, into: &request.sampling)
        try readOutput(body, into: &request)
        try readThinking(body, into: &request)
        request.session = SessionReader.read(body)
        request.streams = try RequestReading.bool(body, "stream") ?? false
        return request
    }

    /// A conversation that the server was to keep cannot go on here: ignoring the member would lose all that came before.
    private static func refuseThread(_ body: JSONNode) throws(APIFailure) {
        guard let thread = body.given("thread") else { return }
        throw APIFailure(
            .unsupported, message: "\(thread.path): conversations are not kept here, send all messages",
            param: thread.path, details: .noThreads)
    }

    private static func system(_ node: JSONNode?) throws(APIFailure) -> [JSONString] {
        guard let node else { return [] }
        switch node.kind {
        case .string: return [node.text].compactMap(\.self).filter { !$0.isEmpty }
        case .array:
            var texts: [JSONString] = []
            for block in node.elements {
                guard let text = try text(ofSystem: block), !text.isEmpty else { continue }
                if !text.escaped.starts(with: billingHeader) { texts.append(text) }
            }
            return texts
        default: throw RequestReading.refuse(node, "must be a string or an array of text blocks")
        }
    }

    private static func text(ofSystem block: JSONNode) throws(APIFailure) -> JSONString? {
        if block.kind == .string { return block.text }
        guard block.kind == .object else { throw RequestReading.refuse(block, "must be a text block") }
        return try ContentReader.text(block["text"])
    }

    private static func readTools(_ body: JSONNode, into request: inout GenerationRequest) throws(APIFailure) {
        var reader = ToolReader()
        if let list = try RequestReading.array(body, "tools") { reader.read(list) }
        request.tools = reader.tools
        request.search = reader.search
        guard let choice = body.given("tool_choice") else { return }
        request.allowsParallelCalls = !(try RequestReading.bool(choice, "disable_parallel_tool_use") ?? false)
        // A choice of the search is no choice among functions: a search that is alone is always made.
        if let name = choice.word("name"), reader.searchNames.contains(name) { return }
        request.toolChoice = try ToolChoiceReader.read(choice, tools: request.tools)
    }

    private static func readOutput(_ body: JSONNode, into request: inout GenerationRequest) throws(APIFailure) {
        let config = try RequestReading.object(body, "output_config")
        request.outputFormat = try OutputFormatReader.read(config?.given("format") ?? body.given("output_format"))
    }

    /// Thoughts are delivered to clients that asked for them: only those can give them back.
    private static func readThinking(_ body: JSONNode, into request: inout GenerationRequest) throws(APIFailure) {
        request.showsThinking = false
        guard let node = try RequestReading.object(body, "thinking") else {
            request.effortHint = ThinkingReader.effort(body)
            return
        }
        _ = try RequestReading.int(node, "budget_tokens")
        guard let wish = ThinkingReader.wish(thinking: node, in: body) else {
            throw RequestReading.refuse(
                node.given("type") ?? node, "must be enabled, adaptive, between_tools or disabled")
        }
        request.thinking = wish
        request.showsThinking = wish != .off
        request.showsThinkingText = node.word("display") != "omitted"
    }
}
