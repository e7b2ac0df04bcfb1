/// How the end of an answer is told from its middle; the supervisor needs it to end a stream for a dead worker.
public enum AnswerFraming: UInt8, Sendable {
    /// No answer has begun.
    case none = 0
    case length = 1
    case chunked = 2
    /// HTTP/1.0: the end of the connection.
    case untilClose = 3
    /// The same two around one JSON array, whose elements are the events.
    case chunkedArray = 4
    case arrayUntilClose = 5

    public init(isChunked: Bool, isArray: Bool) {
        self =
            switch (isChunked, isArray) {
            case (true, false): .chunked
            case (false, false): .untilClose
            case (true, true): .chunkedArray
            case (false, true): .arrayUntilClose
            }
    }

    public var isChunked: Bool { self == .chunked || self == .chunkedArray }

    public var isArray: Bool { self == .chunkedArray || self == .arrayUntilClose }
}
