import HTTP
import JSON

extension APIFailure {
    /// The HTTP status this family expects.
    public func status(in family: DialectFamily) -> Int {
        situation == .overloaded && family == .anthropic ? 529 : situation.row.status
    }

    /// The answer in place of a success: status, every header an error has, and the body.
    ///
    /// - Parameter requestID: stands in both request-id headers and in Anthropic's body.
    public func response(in family: DialectFamily, requestID: String) -> (head: ResponseHead, body: [UInt8]) {
        var fields = HTTPFields()
        fields.add("Content-Type", "application/json")
        if let seconds = effectiveRetryAfterSeconds { fields.add("Retry-After", String(seconds)) }
        if let shouldRetry = effectiveShouldRetry { fields.add("x-should-retry", shouldRetry ? "true" : "false") }
        if situation == .methodNotAllowed, !allow.isEmpty {
            fields.add("Allow", allow.map(\.name).joined(separator: ", "))
        }
        if situation == .unauthorized { fields.add("WWW-Authenticate", "Bearer realm=\"api\"") }
        fields.add("X-Gateway-Error-Source", source == .gateway ? "gateway" : "upstream")
        fields.add("x-request-id", requestID)
        fields.add("request-id", requestID)
        let head = ResponseHead(status: status(in: family), fields: fields)
        return (head, body(in: family, requestID: requestID))
    }

    /// The error object of the family, on one line.
    public func body(in family: DialectFamily, requestID: String) -> [UInt8] {
        var writer = JSONWriter(reserving: 256 + message.utf8.count)
        switch family {
        case .openAI: writeOpenAI(into: &writer)
        case .anthropic: writeAnthropic(requestID, into: &writer)
        case .gemini: writeGemini(into: &writer)
        }
        return writer.bytes
    }

    /// What ends a stream that has begun with status 200, before its last chunk. Nothing in it looks like success.
    ///
    /// OpenAI: an error object, then `[DONE]`, no finish chunk. Anthropic: the `error` event. Gemini: the bare object
    /// without `data:`, because Google's own SDKs raise only for an element whose first key is `error`.
    public func streamEnd(in family: DialectFamily, requestID: String) -> [UInt8] {
        var out: [UInt8] = []
        let object = body(in: family, requestID: requestID)
        switch family {
        case .openAI:
            ServerSentEvent.append(data: object, into: &out)
            ServerSentEvent.append(data: "[DONE]".utf8, into: &out)
        case .anthropic: ServerSentEvent.append(name: "error", data: object, into: &out)
        case .gemini: out = object + [0x0A, 0x0A]
        }
        return out
    }

    /// The same for a stream that is one JSON array with an element in it already: the error is the last one.
    public func arrayEnd(in family: DialectFamily, requestID: String) -> [UInt8] {
        Array(",\r\n".utf8) + body(in: family, requestID: requestID) + [UInt8(ascii: "]")]
    }

    /// Whole seconds, at least 1; nil when waiting is no cure.
    public var effectiveRetryAfterSeconds: Int? {
        (retryAfterSeconds ?? situation.row.retryAfterSeconds).map { max(1, $0) }
    }

    var effectiveShouldRetry: Bool? {
        if let shouldRetry { return shouldRetry }
        if let seconds = effectiveRetryAfterSeconds, seconds > Self.retryAfterSecondsMax { return false }
        return situation.row.shouldRetry
    }

    private func writeOpenAI(into writer: inout JSONWriter) {
        let row = situation.row
        writer.beginObject()
        writer.name("error")
        writer.beginObject()
        writer.field("message", message)
        writer.field("type", row.openAIType)
        writer.name("param")
        if let param { writer.string(param) } else { writer.null() }
        writer.name("code")
        if let code = row.openAICode { writer.string(code) } else { writer.null() }
        writer.endObject()
        writer.endObject()
    }

    private func writeAnthropic(_ requestID: String, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("type", "error")
        writer.name("error")
        writer.beginObject()
        writer.field("type", situation.row.anthropicType)
        writer.field("message", anthropicMessage)
        if let details {
            writer.name("details")
            details.write(into: &writer)
        }
        writer.endObject()
        writer.field("request_id", requestID)
        writer.endObject()
    }

    /// Anthropic's clients know a full context window by the first words of the message.
    private var anthropicMessage: String {
        let prefix = "prompt is too long"
        let text = locatedMessage
        return situation != .contextTooLong || text.hasPrefix(prefix) ? text : "\(prefix): \(text)"
    }

    /// The message with the offending member, for the families whose body has no place of its own for it.
    private var locatedMessage: String {
        guard let param, !message.contains(param) else { return message }
        return "\(message) (\(param))"
    }

    private func writeGemini(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("error")
        writer.beginObject()
        let status = status(in: .gemini)
        writer.field("code", status)
        writer.field("message", locatedMessage)
        writer.field("status", situation.row.geminiStatus)
        if status == 429, let seconds = effectiveRetryAfterSeconds {
            writer.name("details")
            writer.beginArray()
            writer.beginObject()
            writer.field("@type", "type.googleapis.com/google.rpc.RetryInfo")
            writer.field("retryDelay", "\(seconds)s")
            writer.endObject()
            writer.endArray()
        }
        writer.endObject()
        writer.endObject()
    }
}
