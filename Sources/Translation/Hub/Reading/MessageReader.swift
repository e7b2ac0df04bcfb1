import APIErrors
import JSON

/// Turns `messages` into system parts and turns, in the order they came. What belongs together is found later, by the hub.
///
/// Messages of OpenAI's and of Anthropic's form are read alike, since some clients mix them.
struct MessageReader {
    /// Where the text of a message with the role `system` goes.
    enum SystemMessages {
        /// With the instructions of the request, wherever it stands.
        case instructions
        /// Stays in its place, as the user's.
        case inPlace
    }

    private(set) var system: [JSONString]
    private(set) var turns: [Turn]
    private let systemMessages: SystemMessages
    /// Number of legacy calls seen, and the identifiers of those still without a result.
    private var legacyCalls = 0
    private var openLegacyCalls: [String: (ids: [String], next: Int)] = [:]

    /// - Parameter request: its instructions have been read; without any, the list must not be empty.
    static func read(
        _ body: JSONNode, systemMessages: SystemMessages = .instructions, into request: inout GenerationRequest
    ) throws(APIFailure) {
        guard let list = body.given("messages") else { throw .badRequest("messages is required", param: "messages") }
        guard list.kind == .array else { throw RequestReading.refuse(list, "must be an array") }
        guard list.count > 0 || !request.system.isEmpty else {
            throw RequestReading.refuse(list, "must not be empty")
        }
        var messages = MessageReader(
            system: request.system, turns: request.turns, systemMessages: systemMessages)
        messages.turns.reserveCapacity(messages.turns.count + min(list.count, turnsReservedMax))
        for message in list.elements { try messages.read(message) }
        request.system = messages.system
        request.turns = messages.turns
    }

    /// Room that is made for turns before they are read.
    private static let turnsReservedMax = 256
    /// The same for the calls of a turn.
    private static let callsReservedMax = 16

    init(system: [JSONString] = [], turns: [Turn] = [], systemMessages: SystemMessages = .instructions) {
        self.system = system
        self.turns = turns
        self.systemMessages = systemMessages
    }

    /// What has been read since the last call.
    mutating func take() -> (system: [JSONString], turns: [Turn]) {
        defer { (system, turns) = ([], []) }
        return (system, turns)
    }

    mutating func read(_ message: JSONNode) throws(APIFailure) {
        guard message.kind == .object else { throw RequestReading.refuse(message, "must be an object") }
        guard let role = message.given("role") else { throw RequestReading.refuse(message, "has no role") }
        if role.equals("user") {
            turns.append(Turn(role: .user, parts: try ContentReader.parts(message["content"])))
        } else if role.equals("assistant") {
            try readAssistant(message)
        } else if role.equals("tool") {
            try readResult(message, callID: message.word("tool_call_id") ?? "")
        } else if role.equals("system") || role.equals("developer") {
            try readSystem(message)
        } else if role.equals("function") {
            try readResult(message, callID: takeLegacyCall(named: message.word("name")))
        } else {
            throw RequestReading.refuse(role, "must be system, developer, user, assistant, tool or function")
        }
    }

    private mutating func readSystem(_ message: JSONNode) throws(APIFailure) {
        guard systemMessages == .instructions else {
            turns.append(Turn(role: .user, parts: try ContentReader.parts(message["content"])))
            return
        }
        let text = JoinedText(try ContentReader.parts(message["content"])).text
        if !text.isEmpty { system.append(text) }
    }

    private mutating func readAssistant(_ message: JSONNode) throws(APIFailure) {
        var parts = try ContentReader.parts(message["content"])
        if parts.isEmpty, let refusal = message.given("refusal")?.text { parts.append(.text(refusal)) }
        if let thinking = thinking(message) { parts.insert(.thinking(thinking), at: 0) }
        if let calls = try RequestReading.array(message, "tool_calls") {
            parts.reserveCapacity(parts.count + min(calls.count, Self.callsReservedMax))
            for call in calls.elements { parts.append(.toolCall(try self.call(call))) }
        } else if let call = try RequestReading.object(message, "function_call") {
            parts.append(.toolCall(try legacyCall(call)))
        }
        turns.append(Turn(role: .assistant, parts: parts))
    }

    private func thinking(_ message: JSONNode) -> Thinking? {
        if let details = message.given("reasoning_details"), details.kind == .array {
            let texts = details.elements.compactMap { $0["text"]?.text }
            let signature = details.elements.compactMap { $0.given("signature")?.text }.last
            if signature != nil { return Thinking(text: JoinedText.concatenation(texts), signature: signature) }
        }
        guard let text = (message.given("reasoning_content") ?? message.given("reasoning"))?.text else { return nil }
        return Thinking(text: text, signature: nil)
    }

    private func call(_ node: JSONNode) throws(APIFailure) -> ToolCall {
        guard node.kind == .object else { throw RequestReading.refuse(node, "must be an object") }
        let signature = node.given("extra_content")?.given("google")?.given("thought_signature")?.text
        if let custom = try RequestReading.object(node, "custom") {
            return ToolCall(
                id: node.word("id") ?? "", name: try name(custom),
                arguments: ArgumentsReader.wrapped("input", custom["input"]?.string ?? ""), signature: signature)
        }
        guard let function = try RequestReading.object(node, "function") else {
            throw RequestReading.refuse(node, "has no function")
        }
        return ToolCall(
            id: node.word("id") ?? "", name: try name(function), arguments: ArgumentsReader.read(function["arguments"]),
            signature: signature)
    }

    private mutating func legacyCall(_ node: JSONNode) throws(APIFailure) -> ToolCall {
        let call = ToolCall(
            id: "call_legacy_\(legacyCalls)", name: try name(node), arguments: ArgumentsReader.read(node["arguments"]))
        legacyCalls += 1
        openLegacyCalls[call.name, default: ([], 0)].ids.append(call.id)
        return call
    }

    private mutating func takeLegacyCall(named name: String?) -> String {
        guard let name, let open = openLegacyCalls[name], open.next < open.ids.count else { return "" }
        openLegacyCalls[name]?.next += 1
        return open.ids[open.next]
    }

    private func name(_ node: JSONNode) throws(APIFailure) -> String {
        guard let name = node.given("name") else { throw RequestReading.refuse(node, "has no name") }
        guard let text = name.string, !text.isEmpty else { throw RequestReading.refuse(name, "must be a name") }
        return text
    }

    private mutating func readResult(_ message: JSONNode, callID: String) throws(APIFailure) {
        var result = ToolResult(callID: callID, name: message.word("name"), output: .text(JSONString(escaped: [])))
        try ToolOutputReader.read(message["content"], takesPart: true, into: &result)
        turns.append(Turn(role: .user, parts: [.toolResult(result)]))
    }
}
