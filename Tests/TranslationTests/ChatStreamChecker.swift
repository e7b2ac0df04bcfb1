import JSON
import Testing

/// The grammar of a chat completion stream, as strict as any client: per choice one role chunk first, calls numbered without
/// gaps and arguments only for the call that is open, one finish chunk last; usage only where asked; `[DONE]` once, at the end.
struct ChatStreamChecker {
    struct Violation: Error { var what: String }

    private struct Choice {
        var hasRole = false
        var hasFinish = false
        var calls: [(id: String, arguments: String)] = []
        var customCalls: Set<Int> = []
        var text = ""
        var citations: [Range<Int>] = []
    }

    private var choices: [Int: Choice] = [:]
    private var head: [JSONValue?]?
    private var isDone = false
    private(set) var hasFailed = false
    private var hasUsage = false
    private(set) var text = ""
    private(set) var thinking = ""

    /// A call began while a `<think>` in the text was open.
    private(set) var hasOpenThoughtBeforeCall = false

    /// The text of each choice.
    var texts: [Int: String] { choices.mapValues(\.text) }

    /// Identifiers and argument texts of the calls of choice 0.
    var calls: [(id: String, arguments: String)] { choices[0]?.calls ?? [] }

    mutating func check(_ stream: [UInt8], wantsUsage: Bool? = nil) throws {
        let text = String(decoding: stream, as: UTF8.self)
        guard text.isEmpty || text.hasSuffix("\n\n") else { throw Violation(what: "ends inside an event") }
        for event in text.split(separator: "\n\n", omittingEmptySubsequences: true) {
            guard !event.contains("\n"), event.hasPrefix("data: ") else { throw Violation(what: "bad event \(event)") }
            try take(String(event.dropFirst(6)), wantsUsage)
        }
        guard isDone else { throw Violation(what: "no [DONE]") }
        guard hasFailed || choices.values.allSatisfy(\.hasFinish) && !choices.isEmpty else {
            throw Violation(what: "a choice without a finish chunk")
        }
        guard hasFailed || wantsUsage != true || hasUsage else { throw Violation(what: "no usage chunk") }
    }

    private mutating func take(_ data: String, _ wantsUsage: Bool?) throws {
        guard !isDone else { throw Violation(what: "something after [DONE]") }
        if data == "[DONE]" {
            isDone = true
            return
        }
        guard !hasFailed else { throw Violation(what: "a chunk after the error") }
        let chunk = try JSONValue(parsing: Array(data.utf8))
        if chunk["error"] != nil {
            hasFailed = true
            return
        }
        guard chunk["object"] == "chat.completion.chunk" else { throw Violation(what: "no chunk: \(data)") }
        let common = ["id", "created", "model", "system_fingerprint"].map { chunk[$0] }
        if let head, head != common { throw Violation(what: "chunks differ in what they share") }
        head = common
        guard !common.contains(where: { $0 == nil }) else { throw Violation(what: "a shared member is missing") }
        if let wantsUsage, wantsUsage != (chunk["usage"] != nil) { throw Violation(what: "usage out of place") }
        guard let list = chunk["choices"]?.array else { throw Violation(what: "no choices") }
        if list.isEmpty {
            guard choices.values.allSatisfy(\.hasFinish), chunk["usage"]?.object != nil, !hasUsage else {
                throw Violation(what: "usage chunk out of place")
            }
            hasUsage = true
            return
        }
        guard !hasUsage else { throw Violation(what: "a chunk after usage") }
        for choice in list { try take(choice: choice) }
    }

    private mutating func take(choice node: JSONValue) throws {
        guard let index = node["index"]?.int, let delta = node["delta"]?.object else {
            throw Violation(what: "a choice without index or delta")
        }
        var choice = choices[index] ?? Choice()
        defer { choices[index] = choice }
        guard !choice.hasFinish else { throw Violation(what: "a delta after the finish chunk") }
        guard (delta["role"] != nil) == !choice.hasRole else {
            throw Violation(what: "role not exactly in the first chunk")
        }
        choice.hasRole = true
        if let reason = node["finish_reason"], !reason.isNull {
            let known = ["stop", "length", "tool_calls", "content_filter", "function_call"]
            guard delta.isEmpty, known.contains(reason.string ?? "") else {
                throw Violation(what: "bad finish \(reason)")
            }
            guard (reason == "tool_calls") == !choice.calls.isEmpty else {
                throw Violation(what: "calls and finish disagree")
            }
            for (index, call) in choice.calls.enumerated() where !choice.customCalls.contains(index) {
                _ = try JSONValue(parsing: Array(call.arguments.utf8))
            }
            let length = choice.text.unicodeScalars.count
            for citation in choice.citations {
                guard 0 <= citation.lowerBound, citation.upperBound <= length else {
                    throw Violation(what: "a citation beyond the text")
                }
            }
            choice.hasFinish = true
        } else if delta.isEmpty {
            throw Violation(what: "an empty delta")
        }
        if let logprobs = node["logprobs"], !logprobs.isNull {
            for token in logprobs["content"]?.array ?? [.null] {
                guard token["token"]?.string != nil, token["logprob"]?.double != nil, token["bytes"]?.array != nil,
                    token["top_logprobs"]?.array != nil
                else { throw Violation(what: "bad logprobs") }
            }
        } else if delta["role"] == nil, delta["content"] == "" || delta["reasoning_content"] == "" {
            throw Violation(what: "a delta that says nothing")
        }
        choice.text += delta["content"]?.string ?? ""
        if delta["tool_calls"] != nil || delta["function_call"] != nil,
            choice.text.ranges(of: "<think>\n").count != choice.text.ranges(of: "\n</think>\n").count
        {
            hasOpenThoughtBeforeCall = true
        }
        text += delta["content"]?.string ?? ""
        thinking += delta["reasoning_content"]?.string ?? ""
        for annotation in delta["annotations"]?.array ?? [] {
            guard annotation["type"] == "url_citation", let citation = annotation["url_citation"],
                citation["url"]?.string != nil, citation["title"]?.string != nil,
                let start = citation["start_index"]?.int, let end = citation["end_index"]?.int, start <= end
            else { throw Violation(what: "bad annotation") }
            choice.citations.append(start..<end)
        }
        for call in delta["tool_calls"]?.array ?? [] { try Self.take(call: call, &choice) }
    }

    private static func take(call: JSONValue, _ choice: inout Choice) throws {
        guard let index = call["index"]?.int, let tool = call["function"] ?? call["custom"],
            (call["function"] == nil) != (call["custom"] == nil)
        else { throw Violation(what: "bad call") }
        let isCustom = call["custom"] != nil
        if let id = call["id"]?.string {
            guard index == choice.calls.count, tool["name"]?.string?.isEmpty == false,
                call["type"] == (isCustom ? "custom" : "function"),
                !choice.calls.contains(where: { $0.id == id })
            else { throw Violation(what: "a call begins badly") }
            choice.calls.append((id, ""))
            if isCustom { choice.customCalls.insert(index) }
        }
        guard choice.customCalls.contains(index) == isCustom else { throw Violation(what: "a call changes its kind") }
        guard index == choice.calls.count - 1 else { throw Violation(what: "arguments for a call that is not open") }
        choice.calls[index].arguments += tool[isCustom ? "input" : "arguments"]?.string ?? ""
    }
}
