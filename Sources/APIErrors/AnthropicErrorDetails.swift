import JSON

/// `error.details` of an Anthropic error: a code that the SDKs switch on, and the features it is about.
public struct AnthropicErrorDetails: Sendable, Equatable {
    /// `error_code`.
    public var code: String
    public var unsupported: [String]

    public init(code: String, unsupported: [String]) {
        self.code = code
        self.unsupported = unsupported
    }

    /// The SDK's threads ask the server to keep a conversation. Told this, its tool runner sends the whole history instead.
    ///
    /// Source: anthropic for Python 2.14, `lib/threads/_thread_state.py`.
    public static let noThreads = AnthropicErrorDetails(code: "thread_unsupported_request", unsupported: ["thread"])

    func write(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("error_code", code)
        writer.name("unsupported")
        writer.beginArray()
        for feature in unsupported { writer.string(feature) }
        writer.endArray()
        writer.endObject()
    }
}
