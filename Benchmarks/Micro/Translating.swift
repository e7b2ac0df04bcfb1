import HTTP
import JSON
import Translation

/// The whole way of a request and of an event through the translation, as the worker goes it.
struct Translating {
    private let dialect = OpenAIChat()
    private var codec = CodeAssistCodec()
    private let target = UpstreamTarget(
        model: TargetModel(id: "gemini-3-flash"), project: "bench-project",
        requestID: "6f0c2a1e-8f58-4d83-9a3e-1f2d3c4b5a69", sessionID: "-1234567890123456789")
    private var parser = ServerSentEventParser(lineSizeMaxBytes: 1 << 20)
    private var decoder: any AnswerDecoder
    private var encoder: any StreamEncoder
    private var events: [GenerationEvent] = []
    private var output: [UInt8] = []

    static let smallRequest =
        Array(
            #"{"model":"gemini-3-flash","messages":[{"role":"system","content":"Answer briefly."},{"role":"user","content":"#
                .utf8)
        + Array(#""Say hello and name the steps a request takes."}],"temperature":0.7,"stream":true}"#.utf8)

    init() throws {
        let request = try dialect.decode(RequestBody(Self.smallRequest, contentType: nil))
        let identifiers: IdentifierSource = { String(repeating: "x", count: $0) }
        let context = AnswerContext(id: "chatcmpl-0123456789", created: 1, request: request, identifiers: identifiers)
        decoder = codec.makeDecoder(
            for: request, target: target, form: dialect.callIdentifiers, identifiers: identifiers)
        encoder = dialect.makeStreamEncoder(context, for: request)
    }

    mutating func request(_ body: [UInt8]) throws -> Int {
        let request = try dialect.decode(RequestBody(body, contentType: nil))
        return try codec.encodeRequest(request, target: target).count
    }

    /// One event from the bytes of the upstream to the bytes for the client.
    mutating func event(_ bytes: [UInt8]) throws -> Int {
        output.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        try bytes.withUnsafeBytes { raw in
            try parser.feed(raw) { event in try decoder.decode(event.data, into: &events) }
        }
        for event in events { encoder.encode(event, into: &output) }
        return output.count
    }
}
