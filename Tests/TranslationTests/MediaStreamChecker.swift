import JSON

/// The grammar of streams of images and transcripts, as strict as any client: what comes before the end, how it ends, and that
/// an error is followed by `[DONE]` alone.
struct MediaStreamChecker {
    struct Violation: Error { var what: String }

    /// The type that may stand any number of times, and the one that must stand last.
    private var piece: String?
    private var last: String
    /// Whether `last` may repeat.
    private var repeats: Bool
    private var hasNames: Bool

    static func images(_ event: String) -> MediaStreamChecker {
        MediaStreamChecker(piece: nil, last: event, repeats: true, hasNames: true)
    }

    static let transcript = MediaStreamChecker(
        piece: "transcript.text.delta", last: "transcript.text.done", repeats: false, hasNames: false)

    func check(_ stream: [UInt8]) throws {
        let text = String(decoding: stream, as: UTF8.self)
        guard text.hasSuffix("\n\n") else { throw Violation(what: "ends inside an event") }
        var joined = ""
        var hasEnded = false
        var hasFailed = false
        var isDone = false
        for event in text.split(separator: "\n\n", omittingEmptySubsequences: true) {
            guard !isDone else { throw Violation(what: "something after [DONE]") }
            let (name, data) = try Self.lines(event)
            if data == "[DONE]" {
                guard hasFailed else { throw Violation(what: "[DONE] without an error") }
                isDone = true
                continue
            }
            guard !hasFailed else { throw Violation(what: "an event after the error") }
            let value = try JSONValue(parsing: Array(data.utf8))
            if value["error"] != nil {
                guard !hasEnded else { throw Violation(what: "an error after the end") }
                hasFailed = true
                continue
            }
            guard let type = value["type"]?.string, name == (hasNames ? type : nil) else {
                throw Violation(what: "a type that is not the event's: \(data)")
            }
            guard !hasEnded || repeats && type == last else { throw Violation(what: "an event after the end") }
            if type == last {
                hasEnded = true
                try check(last: value, joined)
            } else {
                guard type == piece, let delta = value["delta"]?.string, !delta.isEmpty else {
                    throw Violation(what: "unknown event \(data)")
                }
                joined += delta
            }
        }
        guard hasEnded != hasFailed, hasFailed == isDone else { throw Violation(what: "no end, or two") }
    }

    private func check(last value: JSONValue, _ joined: String) throws {
        guard piece == nil else {
            guard value["text"]?.string == joined else { throw Violation(what: "the whole is not its pieces") }
            return
        }
        guard value["b64_json"]?.string?.isEmpty == false, value["created_at"]?.int != nil,
            ["png", "jpeg", "webp"].contains(value["output_format"]?.string ?? ""),
            value["usage"]?["total_tokens"]?.int != nil,
            value["quality"] != nil, value["size"] != nil, value["background"] != nil
        else { throw Violation(what: "a member is missing: \(value)") }
    }

    private static func lines(_ event: Substring) throws -> (name: String?, data: String) {
        var name: String?
        var data: String?
        for line in event.split(separator: "\n") {
            if line.hasPrefix("event: "), name == nil, data == nil {
                name = String(line.dropFirst(7))
            } else if line.hasPrefix("data: "), data == nil {
                data = String(line.dropFirst(6))
            } else {
                throw Violation(what: "bad line \(line)")
            }
        }
        guard let data else { throw Violation(what: "an event without data") }
        return (name, data)
    }
}
