import APIErrors
import JSON

/// The response object: what stays the same for all its appearances in a stream, and what changes.
struct ResponseFrame: Sendable {
    /// Where the response stands.
    enum Status {
        case inProgress
        case completed
        /// Cut short, with the dialect's word for why.
        case incomplete(StaticString)
        case failed(APIFailure)

        var word: StaticString {
            switch self {
            case .inProgress: "in_progress"
            case .completed: "completed"
            case .incomplete: "incomplete"
            case .failed: "failed"
            }
        }
    }

    private let context: AnswerContext
    private let echo: [UInt8]

    init(_ context: AnswerContext, echo: [UInt8]) {
        self.context = context
        self.echo = echo
    }

    /// - Parameters:
    ///   - output: complete items.
    ///   - usage: nil as long as it is not known.
    func write(_ status: Status, output: [[UInt8]], usage: TokenUsage?, into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("id", context.id)
        writer.field("object", literal: "response")
        writer.field("created_at", context.created)
        writer.field("status", literal: status.word)
        writer.field("background", false)
        writeError(status, into: &writer)
        writeDetails(status, into: &writer)
        writer.field("model", context.clientModel)
        writer.name("output")
        writer.beginArray()
        for item in output { writer.raw(item) }
        writer.endArray()
        writer.name("usage")
        if let usage { usage.writeResponse(into: &writer) } else { writer.null() }
        if !echo.isEmpty { writer.raw(echo) }
        writer.endObject()
    }

    private func writeError(_ status: Status, into writer: inout JSONWriter) {
        writer.name("error")
        guard case .failed(let failure) = status else { return writer.null() }
        failure.writeResponseError(into: &writer)
    }

    private func writeDetails(_ status: Status, into writer: inout JSONWriter) {
        writer.name("incomplete_details")
        guard case .incomplete(let reason) = status else { return writer.null() }
        writer.beginObject()
        writer.field("reason", literal: reason)
        writer.endObject()
    }
}

extension TokenUsage {
    /// The `usage` object. Both detail objects always stand there, since clients read them without asking.
    fileprivate func writeResponse(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("input_tokens", prompt)
        writer.name("input_tokens_details")
        writer.beginObject()
        writer.field("cached_tokens", cached)
        // The upstream does not say what it put into its cache; the SDKs' type asks for a number.
        writer.field("cache_write_tokens", 0)
        writer.endObject()
        writer.field("output_tokens", output)
        writer.name("output_tokens_details")
        writer.beginObject()
        writer.field("reasoning_tokens", reasoning)
        writer.endObject()
        writer.field("total_tokens", total)
        writer.endObject()
    }
}
