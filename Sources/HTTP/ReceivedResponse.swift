/// The head of an answer as a client needs it.
struct ReceivedResponse: Sendable {
    var head: ResponseHead
    /// How the end of the body is known; nil: it ends with the connection.
    var framing: BodyFraming?
    /// Whether another request may follow on the connection once this answer is complete.
    var keepsConnection: Bool
}
