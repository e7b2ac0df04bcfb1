import JSON

/// The grammar of a response stream, as strict as any client: numbers without gaps, one item open at a time, identifiers and
/// places that agree, texts that equal the sum of their deltas, and one last event whose output is the items that were closed.
struct ResponsesStreamChecker {
    struct Violation: Error { var what: String }

    private struct Item {
        var head: JSONValue
        var type: String
        var partIsOpen = false
        var partIsDone = false
        var deltas = ""
        var doneText: String?
        var part: JSONValue?
        var annotations: [JSONValue] = []
    }

    private static let ends = ["response.completed", "response.incomplete", "response.failed"]

    /// The types of all events, in order.
    private(set) var types: [String] = []
    /// The response of the last event.
    private(set) var last: JSONValue = .null
    private(set) var items: [JSONValue] = []
    private var open: Item?
    private var first: JSONValue?
    private var isOver = false

    mutating func check(_ stream: [UInt8]) throws {
        let text = String(decoding: stream, as: UTF8.self)
        guard text.hasSuffix("\n\n") else { throw Violation(what: "ends inside an event") }
        for event in text.split(separator: "\n\n") {
            let lines = event.split(separator: "\n")
            guard lines.count == 2, lines[0].hasPrefix("event: "), lines[1].hasPrefix("data: ") else {
                throw Violation(what: "bad event \(event)")
            }
            let data = try JSONValue(parsing: Array(lines[1].dropFirst(6).utf8))
            guard data["type"]?.string == String(lines[0].dropFirst(7)) else {
                throw Violation(what: "the type differs from the event's name: \(event)")
            }
            try take(data)
        }
        guard isOver else { throw Violation(what: "no last event") }
    }

    private mutating func take(_ data: JSONValue) throws {
        guard !isOver else { throw Violation(what: "an event behind the last") }
        guard data["sequence_number"]?.int == types.count else { throw Violation(what: "a gap in the numbers") }
        guard data["error"] == nil else { throw Violation(what: "an error at the top makes SDKs raise") }
        let type = data["type"]?.string ?? ""
        types.append(type)
        switch types.count {
        case 1, 2: try begin(data, type)
        default:
            if Self.ends.contains(type) { try end(data, type) } else { try take(item: data, type) }
        }
    }

    private mutating func begin(_ data: JSONValue, _ type: String) throws {
        guard type == ["response.created", "response.in_progress"][types.count - 1], let response = data["response"],
            response["status"] == "in_progress", response["output"] == [], response["usage"] == .null
        else { throw Violation(what: "bad beginning \(type)") }
        if let first, first != response { throw Violation(what: "the response changes at the beginning") }
        first = response
    }

    private mutating func end(_ data: JSONValue, _ type: String) throws {
        guard let response = data["response"], response["status"]?.string == String(type.dropFirst("response.".count))
        else { throw Violation(what: "status and last event differ") }
        guard response["output"]?.array == items else { throw Violation(what: "output is not the closed items") }
        let hasFailed = type == "response.failed"
        guard hasFailed || open == nil else { throw Violation(what: "an item is left open") }
        guard hasFailed == (response["error"]?.object != nil), hasFailed == (response["usage"]?.object == nil),
            (type == "response.incomplete") == (response["incomplete_details"]?.object != nil)
        else { throw Violation(what: "error, usage or details out of place") }
        guard hasFailed || !items.isEmpty else { throw Violation(what: "an answer without items") }
        let changing: Set = ["status", "output", "usage", "error", "incomplete_details"]
        for member in first?.object?.members ?? [] where !changing.contains(member.name) {
            guard response[member.name] == member.value else { throw Violation(what: "\(member.name) changes") }
        }
        last = response
        isOver = true
    }

    private mutating func take(item data: JSONValue, _ type: String) throws {
        guard data["output_index"]?.int == items.count else { throw Violation(what: "bad output_index: \(data)") }
        if type == "response.output_item.added" {
            guard open == nil, let head = data["item"], head["status"] == "in_progress" else {
                throw Violation(what: "an item begins badly")
            }
            guard head["id"]?.string?.isEmpty == false, !items.contains(where: { $0["id"] == head["id"] }) else {
                throw Violation(what: "an identifier is missing or used twice")
            }
            open = Item(head: head, type: head["type"]?.string ?? "")
            return
        }
        guard var item = open else { throw Violation(what: "\(type) without an item") }
        if type == "response.output_item.done" {
            try close(item, data["item"] ?? .null)
            return
        }
        guard data["item_id"] == item.head["id"] else { throw Violation(what: "item_id differs") }
        try take(part: data, type, &item)
        open = item
    }

    private func take(part data: JSONValue, _ type: String, _ item: inout Item) throws {
        let kind: (type: String, index: String?) =
            switch type.split(separator: ".")[1] {
            case "reasoning_summary_part", "reasoning_summary_text": ("reasoning", "summary_index")
            case "content_part", "output_text": ("message", "content_index")
            case "function_call_arguments": ("function_call", nil)
            case "custom_tool_call_input": ("custom_tool_call", nil)
            default: throw Violation(what: "unknown event \(type)")
            }
        guard item.type == kind.type, kind.index.map({ data[$0] == 0 }) ?? true else {
            throw Violation(what: "\(type) in an item of type \(item.type)")
        }
        switch type {
        case "response.content_part.added", "response.reasoning_summary_part.added":
            guard !item.partIsOpen, !item.partIsDone, data["part"]?["text"] == "" else {
                throw Violation(what: "a part begins badly")
            }
            item.partIsOpen = true
        case "response.content_part.done", "response.reasoning_summary_part.done":
            guard item.partIsOpen, let text = item.doneText, data["part"]?["text"]?.string == text,
                data["part"]?["annotations"]?.array ?? [] == item.annotations
            else { throw Violation(what: "a part ends badly") }
            item.part = data["part"]
            item.partIsOpen = false
            item.partIsDone = true
        case "response.output_text.annotation.added":
            guard item.partIsOpen, item.doneText == nil, data["annotation_index"]?.int == item.annotations.count,
                let annotation = data["annotation"]
            else { throw Violation(what: "an annotation out of place") }
            item.annotations.append(annotation)
        case _ where type.hasSuffix(".delta"):
            guard kind.index == nil || item.partIsOpen, item.doneText == nil, let delta = data["delta"]?.string else {
                throw Violation(what: "a delta out of place")
            }
            guard !delta.isEmpty || item.type == "custom_tool_call" else { throw Violation(what: "an empty delta") }
            item.deltas += delta
        default:
            guard item.doneText == nil, let text = (data["text"] ?? data["arguments"] ?? data["input"])?.string,
                text == item.deltas
            else { throw Violation(what: "the text differs from its deltas") }
            item.doneText = text
        }
    }

    private mutating func close(_ item: Item, _ whole: JSONValue) throws {
        for name in ["id", "type", "call_id", "name", "role", "action"] where item.head[name] != whole[name] {
            throw Violation(what: "\(name) changes in an item")
        }
        guard whole["status"] == "completed", !item.partIsOpen else { throw Violation(what: "an item ends badly") }
        let isRight =
            switch item.type {
            case "reasoning": whole["summary"]?.array == (item.part.map { [$0] } ?? [])
            case "message": whole["content"]?.array == item.part.map { [$0] }
            case "function_call": whole["arguments"]?.string == item.doneText
            case "custom_tool_call": whole["input"]?.string == item.doneText
            case "local_shell_call", "web_search_call": item.doneText == nil
            default: false
            }
        guard isRight else { throw Violation(what: "an item differs from its events: \(whole)") }
        items.append(whole)
        open = nil
    }
}
