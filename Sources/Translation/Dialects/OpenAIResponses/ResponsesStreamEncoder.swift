import APIErrors
import JSON

/// Writes the events of a response. Grammar: `created`, `in_progress`, the items one after the other, and exactly one of
/// `completed`, `incomplete`, `failed`. There is no `[DONE]`.
struct ResponsesStreamEncoder: StreamEncoder {
    private var assembler: ResponseAssembler
    private var hasEnded = false

    init(_ context: AnswerContext, for request: GenerationRequest) {
        assembler = ResponseAssembler(context, for: request, writesEvents: true)
    }

    var isResponse: Bool { true }

    var heartbeat: [UInt8] { Array(": ping\n\n".utf8) }

    mutating func encode(_ event: GenerationEvent, choice: Int, into bytes: inout [UInt8]) {
        guard !hasEnded, choice == 0 else { return }
        assembler.take(event, into: &bytes)
    }

    mutating func finish(into bytes: inout [UInt8]) {
        guard !hasEnded else { return }
        hasEnded = true
        assembler.end(into: &bytes)
    }

    mutating func fail(_ failure: APIFailure, requestID: String, into bytes: inout [UInt8]) {
        guard !hasEnded else { return }
        hasEnded = true
        assembler.fail(failure, into: &bytes)
    }
}
