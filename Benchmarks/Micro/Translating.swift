import HTTP
import JSON
import Translation

/// The whole way of a request and of an event through the translation, as the worker goes it.
struct Translating {
    private let dialect: any ClientDialect
    private var codec = GoogleCodec()
    private let target = UpstreamTarget(
        model: TargetModel(id: "gemini-3-flash"), project: "bench-project",
        requestID: "6f0c2a1e-8f58-4d83-9a3e-1f2d3c4b5a69", sessionID: "-1234567890123456789")
    private var parser = ServerSentEventParser(lineSizeMaxBytes: 1 << 20)
    private let streamed: GenerationRequest
    private var decoder: any AnswerDecoder
    private var encoder: any StreamEncoder
    private var events: [GenerationEvent] = []
    private var output: [UInt8] = []
    private var eventsLeft = Self.eventsPerStream

    /// Some dialects keep the text of a stream for its end, so that one without end would measure the memory.
    static let eventsPerStream = 1000

    /// - Parameter request: a streaming request of the dialect, which the events answer.
    init(_ dialect: any ClientDialect = OpenAIChat(), answering request: [UInt8] = ClientRequests.smallChat) throws {
        self.dialect = dialect
        streamed = try dialect.decode(RequestBody(request, contentType: nil))
        (decoder, encoder) = Self.begin(streamed, dialect, &codec, target)
    }

    mutating func request(_ body: [UInt8]) throws -> Int {
        let request = try dialect.decode(RequestBody(body, contentType: nil))
        return try codec.encodeRequest(request, target: target).count
    }

    /// One event from the bytes of the upstream to the bytes for the client.
    mutating func event(_ bytes: [UInt8]) throws -> Int {
        if eventsLeft == 0 {
            (decoder, encoder) = Self.begin(streamed, dialect, &codec, target)
            eventsLeft = Self.eventsPerStream
        }
        eventsLeft -= 1
        output.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        try bytes.withUnsafeBytes { raw in
            try parser.feed(raw) { event in try decoder.decode(event.data, into: &events) }
        }
        for event in events { encoder.encode(event, into: &output) }
        return output.count
    }

    private static func begin(
        _ request: GenerationRequest, _ dialect: any ClientDialect, _ codec: inout GoogleCodec,
        _ target: UpstreamTarget
    ) -> (any AnswerDecoder, any StreamEncoder) {
        let identifiers: IdentifierSource = { String(repeating: "x", count: $0) }
        let context = AnswerContext(id: "chatcmpl-0123456789", created: 1, request: request, identifiers: identifiers)
        let decoder = codec.makeDecoder(
            for: request, target: target, form: dialect.callIdentifiers, identifiers: identifiers)
        return (decoder, dialect.makeStreamEncoder(context, for: request))
    }
}
