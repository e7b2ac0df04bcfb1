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
        writer.tokens(#"{"id":"#)
        writer.string(context.id)
        writer.tokens(#""object":"response","created_at":"#)
        writer.int(context.created)
        writer.tokens(#""status":"#)
        writer.string(status.word)
        writer.tokens(#""background":false"#)
        writeError(status, into: &writer)
        writeDetails(status, into: &writer)
        writer.field("model", context.clientModel)
        writer.tokens(#""output":["#)
        for item in output { writer.raw(item) }
        writer.tokens(#"],"usage":"#)
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
        writer.tokens(#"{"input_tokens":"#)
        writer.int(prompt)
        writer.tokens(#""input_tokens_details":{"cached_tokens":"#)
        writer.int(cached)
        // The upstream does not say what it put into its cache; the SDKs' type asks for a number.
        writer.tokens(#""cache_write_tokens":0},"output_tokens":"#)
        writer.int(output)
        writer.tokens(#""output_tokens_details":{"reasoning_tokens":"#)
        writer.int(reasoning)
        writer.tokens(#"},"total_tokens":"#)
        writer.int(total)
        writer.tokens("}")
    }
}
