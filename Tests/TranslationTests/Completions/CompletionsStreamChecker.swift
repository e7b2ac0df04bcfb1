import JSON

/// The grammar of a completion stream: per choice texts, then one chunk with the finish reason and no text; usage only where
/// asked; `[DONE]` once, at the end.
struct CompletionsStreamChecker {
    struct Violation: Error { var what: String }

    private(set) var texts: [Int: String] = [:]
    private(set) var finishes: [Int: String] = [:]
    private(set) var usage: JSONValue?
    private var head: [JSONValue?]?
    private var isDone = false
    private(set) var hasFailed = false

    mutating func check(_ stream: [UInt8], choices: Int = 1, wantsUsage: Bool? = nil) throws {
        let text = String(decoding: stream, as: UTF8.self)
        guard text.isEmpty || text.hasSuffix("\n\n") else { throw Violation(what: "ends inside an event") }
        for event in text.split(separator: "\n\n") {
            guard !event.contains("\n"), event.hasPrefix("data: ") else { throw Violation(what: "bad event \(event)") }
            try take(String(event.dropFirst(6)), wantsUsage)
        }
        guard isDone else { throw Violation(what: "no [DONE]") }
        guard !hasFailed else { return }
        guard Set(finishes.keys) == Set(0..<choices) else { throw Violation(what: "finishes of \(finishes.keys)") }
        guard wantsUsage.map({ $0 == (usage != nil) }) ?? true else {
            throw Violation(what: "usage chunk missing or not wished")
        }
    }

    private mutating func take(_ data: String, _ wantsUsage: Bool?) throws {
        guard !isDone, !hasFailed || data == "[DONE]" else {
            throw Violation(what: "something behind the end: \(data)")
        }
        if data == "[DONE]" {
            isDone = true
            return
        }
        let chunk = try JSONValue(parsing: Array(data.utf8))
        if chunk["error"] != nil {
            hasFailed = true
            return
        }
        let common = ["id", "object", "created", "model"].map { chunk[$0] }
        guard chunk["object"] == "text_completion", head == nil || head == common else {
            throw Violation(what: "chunks differ in what they share: \(data)")
        }
        head = common
        guard usage == nil, wantsUsage.map({ $0 == (chunk["usage"] != nil) }) ?? true else {
            throw Violation(what: "usage out of place")
        }
        guard let list = chunk["choices"]?.array else { throw Violation(what: "no choices") }
        if list.isEmpty {
            usage = chunk["usage"]
            return
        }
        for choice in list { try take(choice: choice) }
    }

    private mutating func take(choice: JSONValue) throws {
        guard let index = choice["index"]?.int, let text = choice["text"]?.string, choice["logprobs"] == .null,
            let reason = choice["finish_reason"]
        else { throw Violation(what: "a member of a choice is missing") }
        guard finishes[index] == nil else { throw Violation(what: "something behind the finish of \(index)") }
        guard text.isEmpty != reason.isNull else { throw Violation(what: "a chunk says nothing or two things") }
        texts[index, default: ""] += text
        guard let word = reason.string else { return }
        guard ["stop", "length", "content_filter"].contains(word) else { throw Violation(what: "bad finish \(word)") }
        finishes[index] = word
    }
}
