import JSON

/// Collects an answer and writes it as one response object.
struct ResponsesAnswerEncoder: AnswerEncoder {
    private var assembler: ResponseAssembler

    init(_ context: AnswerContext, for request: GenerationRequest) {
        assembler = ResponseAssembler(context, for: request, writesEvents: false)
    }

    mutating func collect(_ event: GenerationEvent, choice: Int) {
        guard choice == 0 else { return }
        var nothing: [UInt8] = []
        assembler.take(event, into: &nothing)
    }

    func finish() -> [UInt8] {
        var ended = assembler
        var nothing: [UInt8] = []
        ended.end(into: &nothing)
        return ended.response()
    }
}
