/// How the end of an answer is told from its middle; the supervisor needs it to end a stream for a dead worker.
public enum AnswerFraming: UInt8, Sendable {
    /// No answer has begun.
    case none = 0
    case length = 1
    case chunked = 2
    /// HTTP/1.0: the end of the connection.
    case untilClose = 3
}
