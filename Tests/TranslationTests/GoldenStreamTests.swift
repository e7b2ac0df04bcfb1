import APIErrors
import GoogleAPI
import HTTP
import JSON
import Testing

@testable import Translation

/// What clients get for recorded upstream streams: every recording is played into every dialect.
///
/// `<case>.<dialect>.request.json` is the request that is answered. A case that has one for some dialects says something about
/// requests, and is played only into those. A last line `: cut` stands for a connection that broke there.
@Suite("Golden streams") struct GoldenStreamTests {
    static let folder = "streams"
    static let cases: [(DialectUnderTest, String)] = {
        let names = Fixtures.cases(in: folder, ending: ".upstream.sse")
        let special = Set(
            names.filter { name in DialectUnderTest.all.contains { request(of: name, $0) != nil } })
        return names.flatMap { name in
            DialectUnderTest.all.filter { !special.contains(name) || request(of: name, $0) != nil }.map { ($0, name) }
        }
    }()

    private static func request(of name: String, _ dialect: DialectUnderTest) -> [UInt8]? {
        Fixtures.readIfPresent("\(folder)/\(name).\(dialect.name).request.json")
    }

    /// Whether the case has something to say to the dialect.
    static func isPlayed(_ name: String, _ dialect: DialectUnderTest) -> Bool {
        cases.contains { $0.0.name == dialect.name && $0.1 == name }
    }

    /// Whether a model of Google's is asked, which the public API has too.
    static func isForGemini(_ name: String, _ dialect: DialectUnderTest) throws -> Bool {
        let request = request(of: name, dialect) ?? Array(dialect.plainRequest.utf8)
        return try DialectPath(request, as: dialect.dialect(for: request)).onPublicAPI != nil
    }

    @Test(arguments: cases)
    func `an upstream stream becomes the recorded client stream`(dialect: DialectUnderTest, name: String) throws {
        let upstream = try Fixtures.read("\(Self.folder)/\(name).upstream.sse")
        let whole = try Self.serve(name, dialect, upstream, pieceSize: upstream.count)
        let expected = "\(Self.folder)/\(name).\(dialect.name)"
        try Fixtures.expect(whole.stream, in: "\(expected).sse")
        if let answer = whole.answer { try Fixtures.expect(try PrettyJSON.text(of: answer), in: "\(expected).json") }
        for size in [1, 7] {
            let pieces = try Self.serve(name, dialect, upstream, pieceSize: size)
            #expect(pieces.stream == whole.stream, "the split of the upstream bytes shows in the stream")
            #expect(pieces.answer == whole.answer, "the split of the upstream bytes shows in the answer")
        }
        try dialect.check(whole.stream)
    }

    /// Both forms of the answer; no complete answer if the upstream broke.
    static func serve(
        _ name: String, _ dialect: DialectUnderTest, _ upstream: [UInt8], pieceSize: Int,
        onPublicAPI: Bool = false
    ) throws -> (stream: [UInt8], answer: [UInt8]?) {
        let request = request(of: name, dialect) ?? Array(dialect.plainRequest.utf8)
        var path = try DialectPath(request, as: dialect.dialect(for: request))
        if onPublicAPI { path = try #require(path.onPublicAPI) }
        var decoder = path.decoder()
        var parser = ServerSentEventParser(lineSizeMaxBytes: 1 << 20)
        var encoder = path.dialect.makeStreamEncoder(path.context(), for: path.request)
        var answer = path.dialect.makeAnswerEncoder(path.context(), for: path.request)
        var bytes: [UInt8] = []
        func take(_ events: [GenerationEvent]) {
            for event in events {
                encoder.encode(event, into: &bytes)
                answer.collect(event)
            }
        }
        func decode(_ event: ServerSentEvent) throws {
            var events: [GenerationEvent] = []
            defer { take(events) }
            try decoder.decode(event.data, into: &events)
        }
        do {
            for start in stride(from: 0, to: upstream.count, by: pieceSize) {
                let piece = Array(upstream[start..<min(start + pieceSize, upstream.count)])
                try piece.withUnsafeBytes { try parser.feed($0, decode) }
            }
            try parser.finish(decode)
        } catch let error as UpstreamAnswerError {
            encoder.fail(failure(error), requestID: "req_1", into: &bytes)
            return (bytes, nil)
        }
        if String(decoding: upstream.suffix(8), as: UTF8.self).contains(": cut") {
            encoder.fail(
                APIFailure(.upstreamError, message: "the upstream broke off", source: .upstream), requestID: "req_1",
                into: &bytes)
            return (bytes, nil)
        }
        var rest: [GenerationEvent] = []
        decoder.finish(into: &rest)
        take(rest)
        encoder.finish(into: &bytes)
        // A refusal in place of an answer is recorded like one.
        do throws(APIFailure) {
            return (bytes, try answer.finish())
        } catch {
            return (bytes, error.body(in: dialect.dialect.family, requestID: "req_1"))
        }
    }

    private static func failure(_ error: UpstreamAnswerError) -> APIFailure {
        switch error {
        case .reported(let payload):
            let meaning = classify(phase: .committed, status: 200, retryAfterHeader: nil, body: payload, now: 0)
            return APIFailure(.overloaded, message: meaning.message, source: .upstream)
        case .malformed(let reason): return APIFailure(.upstreamError, message: reason, source: .upstream)
        }
    }
}
