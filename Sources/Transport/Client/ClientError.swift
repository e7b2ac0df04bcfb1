public import HTTP

/// What went wrong between us and the upstream server, as far as a retry policy can tell it apart.
public enum ClientError: Error, Sendable, Equatable {
    case resolve, connect, tls
    /// The connect timeout passed.
    case timeout
    /// The connection ended or broke before the answer was complete.
    case reset
    /// `cancel()` was called here.
    case cancelled
    /// `collect` met its bound, or an HTTP/2 stream outran its reader (HTTP/2 cannot be paused exactly).
    case tooLarge
    /// What came is no HTTP/1.1, or more head than we read.
    case malformed(HTTPRefusal.Reason)
    /// Anything else, with libcurl's own code and words.
    case other(code: Int32, text: String)

    /// True if the server had not sent a byte of an answer.
    public var isBeforeAnswer: Bool {
        switch self {
        case .resolve, .connect, .tls, .timeout: true
        default: false
        }
    }
}
