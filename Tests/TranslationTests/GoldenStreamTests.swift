import APIErrors
import GoogleAPI
import HTTP
import JSON
import Testing

@testable import Translation

/// What clients get for recorded upstream streams. `<case>.request.json` is the request they answer, if it matters; a last line
/// `: cut` stands for a connection that broke there.
@Suite("Golden streams") struct GoldenStreamTests {
    static let folder = "streams"
    static let cases = Fixtures.cases(in: folder, ending: ".upstream.sse")
    static let plainRequest = Array(
        #"{"model":"gemini-3-flash","stream":true,"messages":[{"role":"user","content":"Hi"}]}"#.utf8)

    @Test(arguments: cases)
    func `an upstream stream becomes the recorded chat stream`(name: String) throws {
        let upstream = try Fixtures.read("\(Self.folder)/\(name).upstream.sse")
        let whole = try Self.serve(name, upstream, pieceSize: upstream.count)
        try Fixtures.expect(whole.stream, in: "\(Self.folder)/\(name).openai-chat.sse")
        if let answer = whole.answer {
            try Fixtures.expect(try PrettyJSON.text(of: answer), in: "\(Self.folder)/\(name).openai-chat.json")
        }
        for size in [1, 7] {
            let pieces = try Self.serve(name, upstream, pieceSize: size)
            #expect(pieces.stream == whole.stream, "the split of the upstream bytes shows in the stream")
            #expect(pieces.answer == whole.answer, "the split of the upstream bytes shows in the answer")
        }
        var checker = ChatStreamChecker()
        try checker.check(whole.stream)
    }

    /// Both forms of the answer; no complete answer if the upstream broke.
    static func serve(
        _ name: String, _ upstream: [UInt8], pieceSize: Int
    ) throws -> (stream: [UInt8], answer: [UInt8]?) {
        let request = Fixtures.readIfPresent("\(folder)/\(name).request.json") ?? plainRequest
        var path = try ChatPath(request)
        var decoder = path.decoder()
        var parser = ServerSentEventParser(lineSizeMaxBytes: 1 << 20)
        var encoder = path.dialect.makeStreamEncoder(path.context())
        var answer = path.dialect.makeAnswerEncoder(path.context())
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
        return (bytes, answer.finish())
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
