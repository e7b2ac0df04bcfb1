import APIErrors
import JSON

/// Turns `input` into system parts and turns, in the order the items came. What belongs together is found later, by the hub;
/// only reasoning is bound here, to the message or call behind it.
struct ResponsesInput {
    private var request: GenerationRequest
    private let facts: ResponsesInputFacts
    /// Reasoning that waits for the message or call it led to.
    private var pending: [Thinking] = []
    private var early: EarlyResults
    private var messages = MessageReader()

    static func read(_ body: JSONNode, into request: inout GenerationRequest) throws(APIFailure) {
        guard let input = body["input"], !input.isNull else {
            guard !request.system.isEmpty else { throw .badRequest("input is required", param: "input") }
            return
        }
        var reader = ResponsesInput(request: request, facts: ResponsesInputFacts(input))
        switch input.kind {
        case .string: reader.addUser(try ContentReader.parts(input))
        case .array: for item in input.elements { try reader.read(item) }
        default: throw RequestReading.refuse(input, "must be a string or an array of items")
        }
        reader.endRun()
        request = reader.request
        guard request.turns.contains(where: { !$0.parts.isEmpty }) || !request.system.isEmpty else {
            throw RequestReading.refuse(input, "holds nothing to answer")
        }
    }

    private init(request: GenerationRequest, facts: ResponsesInputFacts) {
        self.request = request
        self.facts = facts
        early = EarlyResults(facts)
    }

    private mutating func read(_ item: JSONNode) throws(APIFailure) {
        guard item.kind == .object else { throw RequestReading.refuse(item, "must be an object") }
        guard let type = item.given("type") else {
            guard item.given("role") != nil else { throw RequestReading.refuse(item, "has no type") }
            endRun()
            return try readMessage(item)
        }
        guard let kind = type.string else { throw RequestReading.refuse(type, "must be a string") }
        switch kind {
        case "message":
            endRun()
            try readMessage(item)
        case "reasoning": try readReasoning(item)
        case "item_reference": try checkReference(item)
        default:
            if let call = try ResponsesCalls.call(item, kind: kind) {
                add(call, item)
            } else if let result = try ResponsesCalls.result(item, kind: kind, facts: facts) {
                if !early.hold(result) { add(result) }
            }
        // Items of tools that ran elsewhere, and of later API versions, say nothing to the model.
        }
    }

    /// Messages may have the form that those of a chat have, calls and results included.
    private mutating func readMessage(_ item: JSONNode) throws(APIFailure) {
        try messages.read(item)
        let (system, turns) = messages.take()
        request.system += system
        for turn in turns {
            switch (turn.role, turn.parts.first) {
            case (.assistant, _): addAssistant(turn.parts)
            case (.user, .toolResult): request.turns.append(turn)
            case (.user, _): addUser(turn.parts)
            }
        }
    }

    private mutating func addUser(_ parts: [Turn.Part]) {
        // Reasoning that came to nothing says nothing about what comes later.
        pending = []
        request.turns.append(Turn(role: .user, parts: parts))
    }

    private mutating func addAssistant(_ parts: [Turn.Part]) {
        guard !parts.isEmpty else { return }
        request.turns.append(Turn(role: .assistant, parts: pending.map(Turn.Part.thinking) + parts))
        pending = []
    }

    private mutating func add(_ call: ToolCall, _ item: JSONNode) {
        if item.word("status") == "incomplete", !facts.answered.contains(call.id) { return }
        var call = call
        call.signature = pending.last?.signature
        addAssistant([.toolCall(call)])
        if let result = early.take(call: call.id) { add(result) }
    }

    private mutating func add(_ result: ToolResult) {
        request.turns.append(Turn(role: .user, parts: [.toolResult(result)]))
    }

    /// A message ends what calls and results belong together.
    private mutating func endRun() {
        for result in early.end() { add(result) }
    }

    private mutating func readReasoning(_ item: JSONNode) throws(APIFailure) {
        let texts = try RequestReading.array(item, "summary")?.elements.compactMap { $0["text"]?.text } ?? []
        let thinking: Thinking
        if let sealed = item.given("encrypted_content") {
            // What another server sealed cannot be opened here.
            guard let signature = ReasoningSeal.signature(in: sealed) else { return }
            thinking = Thinking(text: JoinedText.concatenation(texts), signature: signature)
        } else {
            thinking = Thinking(text: JoinedText.concatenation(texts), signature: nil)
        }
        if thinking.signature != nil || !thinking.text.isEmpty { pending.append(thinking) }
    }

    /// Nothing is kept between requests, so a reference can only mean an item of this one.
    private func checkReference(_ item: JSONNode) throws(APIFailure) {
        guard let id = item.given("id"), let word = id.string else { throw RequestReading.refuse(item, "has no id") }
        guard !facts.itemIDs.contains(word) else { return }
        throw APIFailure(
            .itemNotFound, message: "\(id.path): the item is not kept here, send it whole", param: id.path)
    }
}
