import JSON

/// The grammar of a message stream, as strict as any client: each event names its type twice; one `message_start` first; blocks
/// numbered without gaps, one open at a time, each stopped; deltas that fit their block, a signature last; one
/// `message_delta`, one `message_stop`, nothing behind it. Or, at any place, one `error` that is the end.
struct MessagesStreamChecker {
    struct Violation: Error { var what: String }

    struct Block: Equatable {
        var type: String
        var name: String?
        var id: String?
        /// Text, thinking or the JSON of the input.
        var content = ""
        var signature: String?
        var citations: [JSONValue] = []
        /// What stood in the start event, for blocks that come whole.
        var start: JSONValue = .null
    }

    private enum Phase { case before, blocks, afterDelta, over }

    private var phase = Phase.before
    private var isOpen = false
    private(set) var blocks: [Block] = []
    private(set) var stopReason: String?
    private(set) var usage: JSONValue?
    private(set) var start: JSONValue?
    private(set) var hasFailed = false

    mutating func check(_ stream: [UInt8]) throws {
        let text = String(decoding: stream, as: UTF8.self)
        guard text.isEmpty || text.hasSuffix("\n\n") else { throw Violation(what: "ends inside an event") }
        for event in text.split(separator: "\n\n", omittingEmptySubsequences: true) { try take(String(event)) }
        guard phase == .over else { throw Violation(what: "no message_stop and no error") }
    }

    private mutating func take(_ event: String) throws {
        if event == ": ping" {
            guard phase == .before else { throw Violation(what: "a comment inside the message") }
            return
        }
        let lines = event.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 2, lines[0].hasPrefix("event: "), lines[1].hasPrefix("data: ") else {
            throw Violation(what: "bad event \(event)")
        }
        let data = try JSONValue(parsing: Array(lines[1].dropFirst(6).utf8))
        let type = String(lines[0].dropFirst(7))
        guard data["type"]?.string == type else { throw Violation(what: "two types in \(event)") }
        guard phase != .over else { throw Violation(what: "\(type) after the end") }
        switch type {
        case "error":
            guard data["error"]?["type"]?.string?.isEmpty == false, data["error"]?["message"]?.string != nil else {
                throw Violation(what: "bad error")
            }
            hasFailed = true
            phase = .over
        case "ping":
            guard phase != .before else { throw Violation(what: "a ping in front of message_start") }
        case "message_start": try take(start: data)
        case "content_block_start": try take(blockStart: data)
        case "content_block_delta": try take(delta: data)
        case "content_block_stop": try takeStop(data)
        case "message_delta": try take(end: data)
        case "message_stop":
            guard phase == .afterDelta else { throw Violation(what: "message_stop out of place") }
            phase = .over
        default: throw Violation(what: "unknown event \(type)")
        }
    }

    private mutating func take(start data: JSONValue) throws {
        guard phase == .before, let message = data["message"] else { throw Violation(what: "second message_start") }
        phase = .blocks
        start = message
        guard message["type"] == "message", message["role"] == "assistant", message["content"]?.array?.isEmpty == true,
            message["id"]?.string?.hasPrefix("msg_") == true, message["model"]?.string != nil,
            message["stop_reason"] == .null, message["stop_sequence"] == .null
        else { throw Violation(what: "bad message_start") }
        try check(usage: message["usage"])
    }

    private mutating func take(blockStart data: JSONValue) throws {
        guard phase == .blocks, !isOpen, data["index"]?.int == blocks.count, let block = data["content_block"],
            let type = block["type"]?.string
        else { throw Violation(what: "a block begins badly: \(data)") }
        switch type {
        case "text":
            guard block == ["type": "text", "text": ""] else { throw Violation(what: "bad text start") }
        case "thinking":
            guard block == ["type": "thinking", "thinking": "", "signature": ""] else {
                throw Violation(what: "bad thinking start")
            }
        case "tool_use", "server_tool_use":
            guard block["input"]?.object?.isEmpty == true, block["name"]?.string?.isEmpty == false,
                let id = block["id"]?.string, !id.isEmpty, !blocks.contains(where: { $0.id == id })
            else { throw Violation(what: "bad tool start") }
        case "web_search_tool_result":
            guard let last = blocks.last, last.type == "server_tool_use", last.id == block["tool_use_id"]?.string,
                block["content"]?.array != nil
            else { throw Violation(what: "a result without its search") }
        default: throw Violation(what: "unknown block \(type)")
        }
        blocks.append(Block(type: type, name: block["name"]?.string, id: block["id"]?.string, start: block))
        isOpen = true
    }

    private mutating func take(delta data: JSONValue) throws {
        guard isOpen, data["index"]?.int == blocks.count - 1, let delta = data["delta"] else {
            throw Violation(what: "a delta for a block that is not open")
        }
        var block = blocks[blocks.count - 1]
        guard block.signature == nil else { throw Violation(what: "a delta after the signature") }
        switch (block.type, delta["type"]?.string ?? "") {
        case ("text", "text_delta"): block.content += try said(delta["text"])
        case ("thinking", "thinking_delta"): block.content += try said(delta["thinking"])
        case ("thinking", "signature_delta"): block.signature = try said(delta["signature"])
        case ("tool_use", "input_json_delta"), ("server_tool_use", "input_json_delta"):
            block.content += delta["partial_json"]?.string ?? ""
        case ("text", "citations_delta"):
            guard let citation = delta["citation"], citation["type"] == "web_search_result_location" else {
                throw Violation(what: "bad citation")
            }
            block.citations.append(citation)
        default: throw Violation(what: "\(delta) in a block of \(block.type)")
        }
        blocks[blocks.count - 1] = block
    }

    private func said(_ text: JSONValue?) throws -> String {
        guard let text = text?.string, !text.isEmpty else { throw Violation(what: "a delta that says nothing") }
        return text
    }

    private mutating func takeStop(_ data: JSONValue) throws {
        guard isOpen, data["index"]?.int == blocks.count - 1, let last = blocks.last else {
            throw Violation(what: "a stop for a block that is not open")
        }
        isOpen = false
        if last.type == "thinking", last.content.isEmpty, last.signature == nil {
            throw Violation(what: "thinking without anything")
        }
        if last.type.hasSuffix("tool_use") {
            guard try JSONValue(parsing: Array(last.content.utf8)).object != nil else {
                throw Violation(what: "an input that is no object")
            }
        }
    }

    private mutating func take(end data: JSONValue) throws {
        guard phase == .blocks, !isOpen, !blocks.isEmpty, let delta = data["delta"] else {
            throw Violation(what: "message_delta out of place")
        }
        phase = .afterDelta
        stopReason = delta["stop_reason"]?.string
        guard ["end_turn", "max_tokens", "tool_use", "refusal"].contains(stopReason ?? ""),
            delta["stop_sequence"] == .null
        else { throw Violation(what: "bad stop reason") }
        guard (stopReason == "tool_use") == blocks.contains(where: { $0.type == "tool_use" }) else {
            throw Violation(what: "calls and stop reason disagree")
        }
        try check(usage: data["usage"])
        usage = data["usage"]
    }

    private func check(usage: JSONValue?) throws {
        for name in [
            "input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens",
        ] {
            guard let count = usage?[name]?.int, count >= 0 else { throw Violation(what: "no \(name)") }
        }
    }
}
