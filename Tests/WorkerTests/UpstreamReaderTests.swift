import JSON
import Testing
import Translation

@testable import Worker

/// One upstream body, whole and one byte at a time: the same events, the same end.
struct UpstreamReaderTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let body: String
        let events: [String]
        var fault = ""
        var emptiness: AnswerProgress.Emptiness?
        /// What the answer says, if that is what the row is about.
        var text: String?

        var testDescription: String { name }
    }

    static func event(_ parts: String, _ rest: String = "") -> String {
        #"data: {"response":{"candidates":[{"content":{"role":"model","parts":["# + parts + #"]}"# + rest
            + "}]}}\r\n\r\n"
    }

    static let cases: [Case] = [
        Case(
            name: "text and finish",
            body: event(#"{"text":"a"}"#) + event(#"{"text":"b"}"#, #","finishReason":"STOP""#),
            events: ["start", "text", "text", "finished"]),
        Case(
            name: "cut before the last empty line",
            body: String(event(#"{"text":"a"}"#, #","finishReason":"STOP""#).dropLast(2)),
            events: ["start", "text", "finished"]),
        Case(
            name: "characters of several bytes", body: event(#"{"text":"👩🏽‍🚀 “é” — 世"}"#, #","finishReason":"STOP""#),
            events: ["start", "text", "finished"], text: "👩🏽‍🚀 “é” — 世"),
        Case(name: "nothing at all", body: "", events: [], emptiness: .nothing),
        Case(
            name: "a malformed call", body: event("", #","finishReason":"MALFORMED_FUNCTION_CALL""#),
            events: ["start", "finished"], emptiness: .malformedCall),
        Case(
            name: "an error event", body: event(#"{"text":"a"}"#) + #"data: {"error":{"code":503}}"# + "\n\n",
            events: ["start", "text"], fault: "reported"),
        Case(
            name: "a bare error", body: event(#"{"text":"a"}"#) + "{\"error\":{\"code\":503}}\n\n",
            events: ["start", "text"], fault: "reported"),
        Case(
            name: "no JSON", body: event(#"{"text":"a"}"#) + "data: {nonsense\n\n", events: ["start", "text"],
            fault: "malformed"),
    ]

    @Test("an upstream body in one piece and byte by byte", arguments: cases)
    func read(_ row: Case) {
        let whole = Self.outcome(of: [Array(row.body.utf8)])
        let split = Self.outcome(of: row.body.utf8.map { [$0] })
        #expect(whole == split)
        #expect(whole.events == row.events && whole.fault == row.fault)
        if let text = row.text { #expect(whole.text == text) }
        if row.fault.isEmpty { #expect(whole.emptiness == row.emptiness) }
    }

    struct Outcome: Equatable {
        var events: [String] = []
        var fault = ""
        var emptiness: AnswerProgress.Emptiness?
        var text = ""
    }

    static func outcome(of pieces: [[UInt8]]) -> Outcome {
        let model = TargetModel(id: "gemini-3-flash")
        let request = GenerationRequest(clientModel: "m")
        var codec = GoogleCodec()
        var reader = UpstreamReader(
            codec.makeDecoder(
                for: request, target: UpstreamTarget(model: model, project: nil, requestID: "r"),
                form: OpenAIChat().callIdentifiers, identifiers: { String(repeating: "x", count: $0) }))
        var events: [GenerationEvent] = []
        var outcome = Outcome()
        do throws(UpstreamReader.Fault) {
            for piece in pieces { try reader.take(piece, into: &events) }
            try reader.finish(into: &events)
        } catch {
            if case .reported = error { outcome.fault = "reported" } else { outcome.fault = "malformed" }
        }
        outcome.events = events.map { String("\($0)".prefix { $0 != "(" }) }
        for case .text(let text) in events { outcome.text += text.decoded }
        outcome.emptiness = reader.progress.emptiness
        return outcome
    }
}
