import JSON

/// One event of a generated answer: what stands in one `data:` line.
nonisolated struct AnswerEvent: Sendable {
    var parts: [JSONValue] = []
    var finishReason: String?
    var usage: JSONValue?
    var grounding: JSONValue?
    /// Pause before it, in place of the pace.
    var delayMilliseconds: Int?

    static func text(_ text: String) -> AnswerEvent { AnswerEvent(parts: [["text": .string(text)]]) }
}

/// Writes events as the service does: each wrapped in `response`, with model version and ids.
nonisolated struct AnswerWriter: Sendable {
    let model: String
    let responseID: String
    let traceID: String
    /// The public Gemini API has neither wrapper nor trace.
    var isWrapped = true

    /// The JSON of one event.
    func json(_ event: AnswerEvent) -> [UInt8] {
        var writer = JSONWriter(reserving: 256)
        begin(&writer)
        if !event.parts.isEmpty || event.finishReason != nil || event.grounding != nil {
            writer.name("candidates")
            writer.beginArray()
            writer.beginObject()
            writer.name("content")
            writer.beginObject()
            writer.field("role", literal: "model")
            if !event.parts.isEmpty { writer.field("parts", .array(event.parts)) }
            writer.endObject()
            if let reason = event.finishReason { writer.field("finishReason", reason) }
            if let grounding = event.grounding { writer.field("groundingMetadata", grounding) }
            writer.endObject()
            writer.endArray()
        }
        if let usage = event.usage { writer.field("usageMetadata", usage) }
        end(&writer)
        return writer.bytes
    }

    /// One event with its framing: `data: ...`, CRLF, empty line.
    func event(_ event: AnswerEvent) -> [UInt8] { Self.framed(json(event)) }

    static func framed(_ json: [UInt8]) -> [UInt8] { Array("data: ".utf8) + json + Array("\r\n\r\n".utf8) }

    /// The answer in one piece: text parts that follow each other are joined, unless one of them is signed.
    func whole(_ events: [AnswerEvent]) -> [UInt8] {
        var merged = AnswerEvent()
        for event in events {
            for part in event.parts { Self.append(part, to: &merged.parts) }
            merged.finishReason = event.finishReason ?? merged.finishReason
            merged.usage = event.usage ?? merged.usage
            merged.grounding = event.grounding ?? merged.grounding
        }
        return json(merged)
    }

    private static func append(_ part: JSONValue, to parts: inout [JSONValue]) {
        if let text = part["text"]?.string, let last = parts.last, let before = last["text"]?.string,
            last["thought"] == part["thought"], last["thoughtSignature"] == nil
        {
            var joined = last
            joined["text"] = .string(before + text)
            if let signature = part["thoughtSignature"] { joined["thoughtSignature"] = signature }
            parts[parts.count - 1] = joined
        } else {
            parts.append(part)
        }
    }

    private func begin(_ writer: inout JSONWriter) {
        writer.beginObject()
        if isWrapped {
            writer.name("response")
            writer.beginObject()
        }
    }

    private func end(_ writer: inout JSONWriter) {
        writer.field("modelVersion", model)
        writer.field("responseId", responseID)
        writer.endObject()
        guard isWrapped else { return }
        writer.field("traceId", traceID)
        writer.endObject()
    }
}
