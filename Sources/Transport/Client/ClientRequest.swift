public import HTTP

/// One request to an upstream server.
public struct ClientRequest: Sendable {
    public var method: HTTPMethod
    /// nil: the text it was made from is no absolute `http` or `https` address; the exchange says so.
    public var url: HTTPURL?
    /// Sent before `fields`: what many requests have in common.
    public var lines: FieldLines
    /// Sent in this order. `Host` and `Content-Length` are the client's business.
    public var fields: [(name: String, value: String)]
    /// Sent with every method but GET and HEAD.
    public var body: [UInt8]
    /// Covers name resolution, TCP and TLS. Everything later is the caller's clock: `ClientExchange.cancel()`.
    public var connectTimeout: Duration

    public init(
        method: HTTPMethod, url: HTTPURL?, lines: FieldLines = FieldLines(),
        fields: [(name: String, value: String)] = [], body: [UInt8] = [], connectTimeout: Duration = .seconds(10)
    ) {
        self.method = method
        self.url = url
        self.lines = lines
        self.fields = fields
        self.body = body
        self.connectTimeout = connectTimeout
    }

    /// The same for an address that is not known beforehand.
    public init(
        method: HTTPMethod, url: String, fields: [(name: String, value: String)] = [], body: [UInt8] = [],
        connectTimeout: Duration = .seconds(10)
    ) {
        self.init(method: method, url: HTTPURL(url), fields: fields, body: body, connectTimeout: connectTimeout)
    }

    /// GET and HEAD are sent without a body.
    var hasBody: Bool { method != .get && method != .head }
}
