import APIErrors
import JSON

@testable import Translation

/// The way of one request through the room, as a worker walks it: for tests.
struct DialectPath {
    var request: GenerationRequest
    var target: UpstreamTarget
    var codec = GoogleCodec()
    let dialect: any ClientDialect

    init(
        _ body: [UInt8], as dialect: any ClientDialect = OpenAIChat(), mapping: [String: String] = [:],
        signatures: KnownSignatures = .none,
        project: String? = "some-project"
    ) throws {
        self.dialect = dialect
        let router = ModelRouter(customMapping: mapping)
        let recorded = RecordedRequest(body)
        var request = try dialect.decode(try RequestBody(recorded.body, contentType: recorded.contentType))
        let model = try router.route(&request)
        self.request = request
        target = UpstreamTarget(
            model: model.target, project: project, requestID: "00000000-0000-4000-8000-000000000000",
            sessionID: "-1234567890", signatures: signatures)
    }

    init(
        _ body: JSONValue, as dialect: any ClientDialect = OpenAIChat(), mapping: [String: String] = [:],
        signatures: KnownSignatures = .none
    ) throws {
        try self.init(body.serialized, as: dialect, mapping: mapping, signatures: signatures)
    }

    /// The same request on its way to the public API; nil where that has no model for it.
    var onPublicAPI: DialectPath? {
        guard let model = PublicModels().target(for: target.model.id) else { return nil }
        var path = self
        path.target.model = model
        path.target.api = .gemini
        return path
    }

    mutating func upstreamBody() throws -> [UInt8] {
        try codec.encodeRequest(request, target: target)
    }

    /// The upstream body as a tree.
    mutating func upstream() throws -> JSONValue { try JSONValue(parsing: try upstreamBody()) }

    /// The inner request.
    mutating func inner() throws -> JSONValue { try upstream()["request"] ?? .null }

    mutating func decoder() -> any AnswerDecoder {
        codec.makeDecoder(for: request, target: target, form: dialect.callIdentifiers, identifiers: Counting().next)
    }

    func context() -> AnswerContext {
        AnswerContext(
            id: dialect.answerID(Counting().next), created: 1_700_000_000, request: request,
            identifiers: Counting().next)
    }

    /// Events of these upstream payloads.
    mutating func events(_ payloads: [String]) throws -> [GenerationEvent] {
        var decoder = decoder()
        var events: [GenerationEvent] = []
        for payload in payloads { try decoder.decode(Array(payload.utf8), into: &events) }
        decoder.finish(into: &events)
        return events
    }

    /// The stream a client gets for these upstream payloads.
    mutating func stream(_ payloads: [String]) throws -> String {
        var encoder = dialect.makeStreamEncoder(context(), for: request)
        var bytes: [UInt8] = []
        for event in try events(payloads) { encoder.encode(event, into: &bytes) }
        encoder.finish(into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The whole answer a client gets for these upstream payloads.
    mutating func answer(_ payloads: [String]) throws -> JSONValue {
        var encoder = dialect.makeAnswerEncoder(context(), for: request)
        for event in try events(payloads) { encoder.collect(event) }
        return try JSONValue(parsing: encoder.finish())
    }
}

/// Identifiers that count up, so that fixtures are the same in each run.
final class Counting: @unchecked Sendable {
    private var last = 0

    func next(_ count: Int) -> String {
        last += 1
        let digits = String(last)
        return String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}
