import JSON

/// The `answer` of a script:
///
///     {"delay_ms", "status", "headers": {name: value}, "body": JSON or text}           one piece
///     {"events": [...], "end": "finish|close|reset|stall", "cut_after_bytes"}          a stream
///     {"text": [...], "finish": WORD or null, "usage": {...} or null}                  a stream of text events
///     {"drop": true}                                                                  a reset before the head
///
/// An event is `{"delay_ms", "data": JSON, "raw": text, "split": [sizes], "split_bytes": size}`; `data` is wrapped in
/// `response` unless it holds `response` or `error` itself.
nonisolated struct ScriptedAnswer: Sendable {
    private let value: JSONObject

    private static let known = [
        "delay_ms", "status", "headers", "body", "events", "end", "cut_after_bytes", "text", "finish", "usage", "drop",
        "pace_ms", "content_type",
    ]

    init(_ value: JSONValue) throws(ScriptError) {
        guard let object = value.object else { throw ScriptError("answer is an object") }
        if let name = object.members.first(where: { !Self.known.contains($0.name) })?.name {
            throw ScriptError("unknown member answer.\(name); known are \(Self.known.joined(separator: ", "))")
        }
        if let end = object["end"], AnswerPlan.End(rawValue: end.string ?? "") == nil {
            throw ScriptError("answer.end is finish, close, reset or stall")
        }
        self.value = object
    }

    /// - Parameters:
    ///   - writer: wraps events as the default answer does.
    ///   - isStream: whether the caller asked for a stream; else events are put together into one answer.
    func plan(_ writer: AnswerWriter, isStream: Bool) -> AnswerPlan {
        var plan = AnswerPlan(body: .whole(body))
        plan.status = value["status"]?.int ?? 200
        plan.delayMilliseconds = value["delay_ms"]?.int ?? 0
        plan.dropsBeforeHead = value["drop"]?.bool ?? false
        plan.headers = (value["headers"]?.object?.members ?? []).map { ($0.name, $0.value.string ?? "") }
        if let type = value["content_type"]?.string { plan.contentType = type }
        if let steps = steps(writer) {
            if isStream {
                plan.contentType = value["content_type"]?.string ?? "text/event-stream"
                plan.body = .stream(cut(steps), AnswerPlan.End(rawValue: value["end"]?.string ?? "") ?? .finish)
            } else {
                plan.body = .whole(textEvents().map(writer.whole) ?? firstData(writer))
            }
        }
        return plan
    }

    private var body: [UInt8] {
        guard let body = value["body"] else { return [] }
        return body.string.map { Array($0.utf8) } ?? body.serialized
    }

    private func steps(_ writer: AnswerWriter) -> [AnswerPlan.Step]? {
        let pace = value["pace_ms"]?.int ?? 0
        if let events = value["events"]?.array {
            return events.map { event in
                var step = AnswerPlan.Step(
                    delayMilliseconds: event["delay_ms"]?.int ?? pace, bytes: Self.bytes(event, writer))
                step.pieces = event["split"]?.array?.compactMap(\.int) ?? []
                if let size = event["split_bytes"]?.int, size > 0 {
                    step.pieces = Array(repeating: size, count: step.bytes.count / size)
                }
                return step
            }
        }
        return textEvents()?.map { .init(delayMilliseconds: pace, bytes: writer.event($0)) }
    }

    private static func bytes(_ event: JSONValue, _ writer: AnswerWriter) -> [UInt8] {
        if let raw = event["raw"]?.string { return Array(raw.utf8) }
        return event["data"].map { AnswerWriter.framed(wrapped($0, writer)) } ?? []
    }

    /// For a caller that asked for no stream: the first event's data alone.
    private func firstData(_ writer: AnswerWriter) -> [UInt8] {
        value["events"]?.array?.lazy.compactMap { $0["data"] }.first.map { Self.wrapped($0, writer) } ?? []
    }

    private static func wrapped(_ data: JSONValue, _ writer: AnswerWriter) -> [UInt8] {
        let isWhole = data["response"] != nil || data["error"] != nil || !writer.isWrapped || data.object == nil
        return isWhole ? data.serialized : (["response": data, "traceId": "t"] as JSONValue).serialized
    }

    private func textEvents() -> [AnswerEvent]? {
        guard let texts = value["text"]?.array else { return nil }
        var events = texts.compactMap(\.string).map(AnswerEvent.text)
        let usage: JSONValue? =
            value["usage"].map { $0.isNull ? nil : $0 }
            ?? [
                "promptTokenCount": 10, "candidatesTokenCount": .int(texts.count),
                "totalTokenCount": .int(10 + texts.count),
            ]
        if value["finish"]?.isNull != true {
            events.append(AnswerEvent(finishReason: value["finish"]?.string ?? "STOP", usage: usage))
        }
        return events
    }

    /// Only the first `cut_after_bytes` bytes of the stream leave.
    private func cut(_ steps: [AnswerPlan.Step]) -> [AnswerPlan.Step] {
        guard var left = value["cut_after_bytes"]?.int else { return steps }
        var kept: [AnswerPlan.Step] = []
        for var step in steps where left > 0 {
            step.bytes = Array(step.bytes.prefix(left))
            left -= step.bytes.count
            kept.append(step)
        }
        return kept
    }
}
