import JSON

/// How a script answers. An event is JSON, wrapped in `response` unless it holds `response` or `error` itself, or
/// `{"data": JSON, "raw": text, "delay_ms", "split": [sizes], "split_bytes": size}`.
nonisolated struct ScriptedAnswer: Sendable {
    /// What follows the events.
    enum End: String, Sendable, CaseIterable {
        /// The last chunk; text events get a finish before it.
        case finish
        /// A FIN without the last chunk.
        case cut
        case reset
        /// Silence until the client goes.
        case stall
        /// An error event, then the last chunk.
        case error
        /// The last chunk, without a finish.
        case clean

        var ofPlan: AnswerPlan.End {
            switch self {
            case .finish, .error, .clean: .finish
            case .cut: .close
            case .reset: .reset
            case .stall: .stall
            }
        }
    }

    private let value: JSONObject
    private let end: End

    /// Members with what they mean, for `--help`.
    static let members: [(name: String, meaning: String)] = [
        ("status", "HTTP status (200)"), ("headers", "{name: value}"), ("content_type", "in place of the usual one"),
        ("body", "JSON or text: an answer in one piece"), ("text", "[texts]: one text event each, and a finish"),
        ("repeat", "the texts so many times"), ("finish", "finishReason (STOP); null for none"),
        ("usage", "usageMetadata; null for none"), ("late_usage", "usage in an event after the finish"),
        ("events", "[JSON or {data or raw, delay_ms, split: [sizes], split_bytes}]: a stream of such events"),
        ("end", "what follows: \(End.allCases.map(\.rawValue).joined(separator: ", "))"),
        ("cut_after_bytes", "only so many bytes of the stream leave"), ("split_bytes", "events leave in such pieces"),
        ("delay_ms", "pause before the head"), ("pace_ms", "pause before each event"),
        ("drop", "true: a reset in place of any answer"),
    ]
    /// Events of one answer, repetitions included.
    private static let eventCountMax = 1_000_000

    init(_ object: JSONObject) throws(ScriptError) {
        if let name = object.members.first(where: { member in !Self.members.contains { $0.name == member.name } })?.name
        {
            throw ScriptError(
                "unknown member \(name); known are \((Script.members + Self.members).map(\.name).joined(separator: ", "))"
            )
        }
        guard let end = End(rawValue: object["end"]?.string ?? "finish") else {
            throw ScriptError("end is one of \(End.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let count = (object["text"]?.array?.count ?? 0).multipliedReportingOverflow(by: object["repeat"]?.int ?? 1)
        guard !count.overflow, count.partialValue <= Self.eventCountMax else {
            throw ScriptError("more than \(Self.eventCountMax) events")
        }
        value = object
        self.end = end
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
        if isStream, let steps = steps(writer) {
            plan.contentType = "text/event-stream"
            plan.body = .stream(cut(steps), end.ofPlan)
        } else if let events = textEvents() {
            plan.body = .whole(writer.whole(events))
        } else if let data = value["events"]?.array?.first {
            plan.body = .whole(Self.wrapped(data["data"] ?? data, writer))
        }
        if let type = value["content_type"]?.string { plan.contentType = type }
        return plan
    }

    private var body: [UInt8] {
        guard let body = value["body"] else { return [] }
        return body.string.map { Array($0.utf8) } ?? body.serialized
    }

    private func steps(_ writer: AnswerWriter) -> [AnswerPlan.Step]? {
        let pace = value["pace_ms"]?.int ?? 0
        var steps: [AnswerPlan.Step]
        if let events = value["events"]?.array {
            steps = events.map { Self.step($0, pace, writer) }
        } else if let events = textEvents() {
            steps = events.map { AnswerPlan.Step(delayMilliseconds: pace, bytes: writer.event($0)) }
        } else {
            return nil
        }
        if end == .error {
            let error = GoogleError.usual(503, reason: nil, retryDelay: nil, model: writer.model)
            steps.append(AnswerPlan.Step(delayMilliseconds: pace, bytes: AnswerWriter.framed(error.serialized)))
        }
        if let size = value["split_bytes"]?.int, size > 0 {
            for index in steps.indices { steps[index].pieces = Self.pieces(steps[index].bytes.count, size) }
        }
        return steps
    }

    private static func step(_ event: JSONValue, _ pace: Int, _ writer: AnswerWriter) -> AnswerPlan.Step {
        var step = AnswerPlan.Step(delayMilliseconds: event["delay_ms"]?.int ?? pace, bytes: [])
        if let raw = event["raw"]?.string {
            step.bytes = Array(raw.utf8)
        } else {
            step.bytes = AnswerWriter.framed(wrapped(event["data"] ?? event, writer))
        }
        step.pieces = event["split"]?.array?.compactMap(\.int) ?? []
        if let size = event["split_bytes"]?.int, size > 0 { step.pieces = pieces(step.bytes.count, size) }
        return step
    }

    private static func pieces(_ count: Int, _ size: Int) -> [Int] { Array(repeating: size, count: count / size) }

    private static func wrapped(_ data: JSONValue, _ writer: AnswerWriter) -> [UInt8] {
        let isWhole = data["response"] != nil || data["error"] != nil || !writer.isWrapped || data.object == nil
        return isWhole
            ? data.serialized : (["response": data, "traceId": .string(writer.traceID)] as JSONValue).serialized
    }

    private func textEvents() -> [AnswerEvent]? {
        guard let texts = value["text"]?.array?.compactMap(\.string) else { return nil }
        var events: [AnswerEvent] = []
        for _ in 0..<max(1, value["repeat"]?.int ?? 1) { events += texts.map(AnswerEvent.text) }
        guard end == .finish, value["finish"]?.isNull != true else { return events }
        let usual: JSONValue = [
            "promptTokenCount": 10, "candidatesTokenCount": .int(events.count),
            "totalTokenCount": .int(10 + events.count),
        ]
        let usage = value["usage"].map { $0.isNull ? nil : $0 } ?? usual
        var last = AnswerEvent(finishReason: value["finish"]?.string ?? "STOP")
        let isLate = value["late_usage"]?.bool == true
        if !isLate { last.usage = usage }
        events.append(last)
        if isLate { events.append(AnswerEvent(usage: usage)) }
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
