import HTTP
import JSON

/// What OpenAI's Responses say of a response that broke: not an error object at the top, at which SDKs raise, but an error
/// inside the response, in codes of their own.
///
/// Source: OpenAI API reference, "response.failed"; what the Codex CLI makes of it.
extension APIFailure {
    /// The code that Codex acts on.
    public var responseErrorCode: StaticString {
        switch situation {
        case .allAccountsLimited, .busy, .requestRejected: "rate_limit_exceeded"
        case .contextTooLong: "context_length_exceeded"
        case .quotaExhausted: "insufficient_quota"
        case .overloaded, .noWorker, .workerLost, .memoryFull, .serviceDisabled: "server_is_overloaded"
        default: "server_error"
        }
    }

    /// The `error` of a response object. Codex waits as long as the message of a limit says ("try again in 12s").
    public func writeResponseError(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("code", literal: responseErrorCode)
        writer.field("message", message + responseWait)
        writer.endObject()
    }

    private var responseWait: String {
        switch situation {
        case .allAccountsLimited, .busy, .requestRejected:
            effectiveRetryAfterSeconds.map { " Please try again in \($0)s." } ?? ""
        default: ""
        }
    }

    /// The last event of a response of which only this is known: that it broke. Identifier, model and output are empty; the
    /// client has them from the events before.
    ///
    /// - Parameter sequenceNumber: greater than that of any event before; they need not be without gaps.
    public func responseEnd(sequenceNumber: Int, unixSeconds: Int) -> [UInt8] {
        var writer = JSONWriter(reserving: 512)
        writer.beginObject()
        writer.field("type", literal: "response.failed")
        writer.field("sequence_number", sequenceNumber)
        writer.name("response")
        writer.beginObject()
        writer.field("id", literal: "")
        writer.field("object", literal: "response")
        writer.field("created_at", unixSeconds)
        writer.field("status", literal: "failed")
        writer.name("error")
        writeResponseError(into: &writer)
        writer.name("incomplete_details")
        writer.null()
        writer.field("model", literal: "")
        writer.name("output")
        writer.beginArray()
        writer.endArray()
        writer.name("usage")
        writer.null()
        writer.endObject()
        writer.endObject()
        var event: [UInt8] = []
        ServerSentEvent.append(name: "response.failed", data: writer.bytes, into: &event)
        return event
    }
}
