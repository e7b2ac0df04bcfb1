/// What goes back for one call, down to the bytes. Whoever decides makes one; `AnswerPlayer` plays it.
nonisolated struct AnswerPlan: Sendable {
    /// A piece of a streamed body.
    struct Step: Sendable {
        /// Pause before it.
        var delayMilliseconds = 0
        var bytes: [UInt8]
        /// Sizes of the writes it leaves in; the rest leaves in one.
        var pieces: [Int] = []
    }

    enum End: String, Sendable {
        /// The last chunk, and the connection goes on.
        case finish
        /// A FIN without the last chunk.
        case close
        /// A reset.
        case reset
        /// Nothing more, for as long as the client stays.
        case stall
    }

    enum Body: Sendable {
        case whole([UInt8])
        case stream([Step], End)
    }

    /// Pause before the head.
    var delayMilliseconds = 0
    var status = 200
    var headers: [(name: String, value: String)] = []
    var contentType = "application/json; charset=UTF-8"
    var body: Body
    /// A reset, or with `closes` a FIN, in place of any answer.
    var dropsBeforeHead = false

    static func whole(_ status: Int, _ body: [UInt8]) -> AnswerPlan {
        AnswerPlan(status: status, body: .whole(body))
    }

    static func refusal(_ refusal: Refusal) -> AnswerPlan { whole(refusal.status, refusal.body) }
}
