import APIErrors

/// A chat stream whose thinking is shown as the operator wants it.
struct CursorStreamEncoder: StreamEncoder {
    private var chat: any StreamEncoder
    private var folds: [ReasoningFold]
    private var hasEnded = false

    init(_ chat: any StreamEncoder, _ display: ReasoningDisplay, for request: GenerationRequest) {
        self.chat = chat
        folds = Array(
            repeating: ReasoningFold(display, hasCitations: request.search != nil), count: max(1, request.choiceCount))
    }

    var heartbeat: [UInt8] { chat.heartbeat }

    mutating func encode(_ event: GenerationEvent, choice: Int, into bytes: inout [UInt8]) {
        guard !hasEnded, folds.indices.contains(choice) else { return }
        folds[choice].take(event) { chat.encode($0, choice: choice, into: &bytes) }
    }

    mutating func finish(into bytes: inout [UInt8]) {
        guard !hasEnded else { return }
        hasEnded = true
        for choice in folds.indices { folds[choice].end { chat.encode($0, choice: choice, into: &bytes) } }
        chat.finish(into: &bytes)
    }

    /// A thought that was open stays open: the answer must not look finished.
    mutating func fail(_ failure: APIFailure, requestID: String, into bytes: inout [UInt8]) {
        hasEnded = true
        chat.fail(failure, requestID: requestID, into: &bytes)
    }
}
