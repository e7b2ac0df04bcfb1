public import HTTP

/// One request to an upstream server.
public struct ClientRequest: Sendable {
    public var method: HTTPMethod
    /// Absolute, `http` or `https`.
    public var url: String
    /// Sent in this order. `Host`, `Content-Length` and an empty `Expect` are the client's business.
    public var fields: [(name: String, value: String)]
    /// Sent with every method but GET and HEAD.
    public var body: [UInt8]
    /// Covers name resolution, TCP and TLS. Everything later is the caller's clock: `ClientExchange.cancel()`.
    public var connectTimeout: Duration

    public init(
        method: HTTPMethod, url: String, fields: [(name: String, value: String)] = [], body: [UInt8] = [],
        connectTimeout: Duration = .seconds(10)
    ) {
        self.method = method
        self.url = url
        self.fields = fields
        self.body = body
        self.connectTimeout = connectTimeout
    }
}

/// Status line and the few fields that decide what happens next; any other is read by `ClientExchange.field`.
public struct ClientResponseHead: Sendable, Equatable {
    public var status: Int
    public var contentType: String?

    public init(status: Int, contentType: String?) {
        self.status = status
        self.contentType = contentType
    }
}

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
