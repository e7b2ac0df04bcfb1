public import HTTP

/// One request to an upstream server.
public struct ClientRequest: Sendable {
    /// Method, address and common fields. nil: the text it was made from is no absolute `http` or `https` address; the exchange
    /// says so.
    public let opening: RequestOpening?
    /// Fields of this request alone, behind the common ones. `Host` and `Content-Length` are the client's business.
    public let fields: FieldLines
    /// Sent with every method but GET and HEAD.
    public let body: [UInt8]
    /// Makes the body of a second sending, for the case that a kept connection turns out to be dead; nil if there can be none.
    /// It may differ from the first, as servers want it that take no identifier twice, and a long body takes no memory while its
    /// answer is waited for. Without this `body` is kept and sent as it was.
    public let remakeBody: (@MainActor () -> [UInt8]?)?
    /// Covers name resolution, TCP and TLS. Everything later is the caller's clock: `ClientExchange.cancel()`.
    public let connectTimeout: Duration

    public init(
        _ opening: RequestOpening?, fields: FieldLines = FieldLines(), body: [UInt8] = [],
        remakeBody: (@MainActor () -> [UInt8]?)? = nil, connectTimeout: Duration = .seconds(10)
    ) {
        self.opening = opening
        self.fields = fields
        self.body = body
        self.remakeBody = remakeBody
        self.connectTimeout = connectTimeout
    }

    /// A request to an address that no other request is sent to.
    public init(
        method: HTTPMethod, url: HTTPURL?, fields: [(name: String, value: String)] = [], body: [UInt8] = [],
        connectTimeout: Duration = .seconds(10)
    ) {
        self.init(
            url.map { RequestOpening(method: method, url: $0) }, fields: FieldLines(fields), body: body,
            connectTimeout: connectTimeout)
    }

    /// The same for an address that is not known beforehand.
    public init(
        method: HTTPMethod, url: String, fields: [(name: String, value: String)] = [], body: [UInt8] = [],
        connectTimeout: Duration = .seconds(10)
    ) {
        self.init(method: method, url: HTTPURL(url), fields: fields, body: body, connectTimeout: connectTimeout)
    }
}

extension RequestOpening {
    /// GET and HEAD are sent without a body.
    var takesBody: Bool { method != .get && method != .head }
}
