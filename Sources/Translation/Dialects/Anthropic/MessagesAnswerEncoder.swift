import JSON

/// Collects an answer and writes it as one `message` object.
struct MessagesAnswerEncoder: AnswerEncoder {
    private enum Block {
        case thinking(text: [UInt8], signature: JSONString?)
        case text([UInt8], citations: [MessagesSearch.Citation])
        case call(ToolCall)
        case search(MessagesSearch)
    }

    private let context: AnswerContext
    /// Tokens of the prompt, for an upstream that says nothing about them.
    private let promptEstimate: Int
    private var steps: MessagesBlocks
    private var blocks: [Block] = []

    init(_ context: AnswerContext, for request: GenerationRequest) {
        self.context = context
        promptEstimate = TokenEstimate.tokens(of: request)
        steps = MessagesBlocks(request)
    }

    mutating func collect(_ event: GenerationEvent, choice: Int) {
        guard choice == 0 else { return }
        switch event {
        case .text(let text) where steps.continuesText: apply(.text(text))
        case .thinking(let text) where steps.continuesThinking: apply(.thinking(text))
        default: for step in steps.take(event) { apply(step) }
        }
    }

    func finish() -> [UInt8] {
        var complete = self
        for step in complete.steps.end() { complete.apply(step) }
        return complete.written
    }

    private mutating func apply(_ step: MessagesBlocks.Step) {
        switch step {
        case .openThinking: blocks.append(.thinking(text: [], signature: nil))
        case .openText: blocks.append(.text([], citations: []))
        case .thinking(let more):
            guard case .thinking(var text, let signature)? = blocks.popLast() else { return }
            text += more.escaped
            blocks.append(.thinking(text: text, signature: signature))
        case .signature(let signature):
            guard case .thinking(let text, _)? = blocks.popLast() else { return }
            blocks.append(.thinking(text: text, signature: signature))
        case .text(let more):
            guard case .text(var text, let citations)? = blocks.popLast() else { return }
            text += more.escaped
            blocks.append(.text(text, citations: citations))
        case .citation(let citation):
            guard case .text(let text, let citations)? = blocks.popLast() else { return }
            blocks.append(.text(text, citations: citations + [citation]))
        case .close: break
        case .call(let call): blocks.append(.call(call))
        case .search(let search): blocks.append(.search(search))
        }
    }

    private var written: [UInt8] {
        var writer = JSONWriter(reserving: 512)
        writer.tokens(#"{"id":"#)
        writer.string(context.id)
        writer.tokens(#""type":"message","role":"assistant","model":"#)
        writer.string(context.clientModel)
        writer.tokens(#""content":["#)
        for block in blocks { write(block, into: &writer) }
        writer.tokens(#"],"stop_reason":"#)
        writer.string(MessagesWords.stopReason(steps.finish, calledTools: steps.hasCalls))
        writer.tokens(#""stop_sequence":null,"usage":{"#)
        let usage = steps.usage ?? TokenUsage(prompt: promptEstimate, cached: 0, output: 0, reasoning: 0)
        usage.writeMessages(into: &writer)
        usage.writeMessagesDetails(searches: steps.searches, into: &writer)
        writer.tokens(#""service_tier":"standard"}}"#)
        return writer.bytes
    }

    private func write(_ block: Block, into writer: inout JSONWriter) {
        switch block {
        case .thinking(let text, let signature):
            writer.beginObject()
            writer.field("type", literal: "thinking")
            writer.field("thinking", JSONString(escaped: text))
            writer.field("signature", signature ?? "")
            writer.endObject()
        case .text(let text, let citations):
            writer.beginObject()
            writer.field("type", literal: "text")
            writer.field("text", JSONString(escaped: text))
            if !citations.isEmpty {
                writer.name("citations")
                writer.beginArray()
                for citation in citations { citation.write(into: &writer) }
                writer.endArray()
            }
            writer.endObject()
        case .call(let call): writeTool("tool_use", id: call.id, name: call.name, call.arguments.bytes, &writer)
        case .search(let search): write(search, into: &writer)
        }
    }

    private func write(_ search: MessagesSearch, into writer: inout JSONWriter) {
        let id = "srvtoolu_" + context.identifiers(CallIdentifierForm.randomCount)
        var input = JSONWriter()
        input.beginObject()
        input.field("query", search.query)
        input.endObject()
        writeTool("server_tool_use", id: id, name: "web_search", input.bytes[...], &writer)
        writer.beginObject()
        writer.field("type", literal: "web_search_tool_result")
        writer.field("tool_use_id", id)
        search.writeResults(into: &writer)
        writer.endObject()
    }

    private func writeTool(
        _ type: StaticString, id: String, name: String, _ input: ArraySlice<UInt8>, _ writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.field("type", literal: type)
        writer.field("id", id)
        writer.field("name", name)
        writer.name("input")
        writer.raw(input)
        writer.endObject()
    }
}
