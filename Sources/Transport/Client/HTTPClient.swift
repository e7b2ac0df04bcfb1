import HTTP

/// Requests to upstream servers on the event loop.
///
/// HTTP/1.1 is spoken here, over connections that libcurl makes (names, proxies, TLS) and this client keeps. With the HTTP/2
/// setting libcurl carries whole transfers.
@MainActor public final class HTTPClient {
    public let options: ClientOptions
    private var exchanges = ExchangeList()
    private let pool = ConnectionPool()
    private let connector: Connector?
    private let transfers: CurlTransfers?

    public init(options: ClientOptions = ClientOptions()) {
        precondition(!options.reachesOnlyPublicHosts || options.proxy == nil, "a proxy's way cannot be checked")
        self.options = options
        pool.idleMax = options.connectionsMax
        connector = options.http2 ? nil : Connector(options: options)
        transfers = options.http2 ? CurlTransfers(options: options) : nil
    }

    isolated deinit {
        precondition(exchanges.all.isEmpty, "an open exchange keeps its client")
        pool.closeAll()
    }

    /// Cancels every exchange and closes every kept connection.
    public func shutdown() {
        for exchange in exchanges.all { exchange.cancel() }
        pool.closeAll()
    }

    /// Number of exchanges under way.
    public var openCount: Int { exchanges.all.count }

    /// Number of kept connections that no exchange uses.
    var idleCount: Int { pool.count }

    /// Sends a request. The exchange must be read to its end or cancelled.
    public func start(_ request: ClientRequest) -> ClientExchange {
        let exchange = ClientExchange(client: self)
        exchanges.insert(exchange)
        guard let opening = request.opening else {
            exchange.end(.other(code: ClientError.addressCode, text: "the address is no http or https address"))
            return exchange
        }
        if let transfers {
            transfers.start(request, opening, for: exchange)
        } else {
            let outgoing = OutgoingRequest(request, opening: opening)
            if let connection = pool.take(opening.url) {
                connection.carry(outgoing, for: exchange, isReused: true)
            } else {
                connect(outgoing, for: exchange)
            }
        }
        return exchange
    }

    func forget(_ exchange: ClientExchange) { exchanges.remove(exchange) }

    private func connect(_ request: OutgoingRequest, for exchange: ClientExchange) {
        guard let connector else { preconditionFailure("without HTTP/2 there is a connector") }
        let context = OriginConnection.Context(
            unreadMaxBytes: options.unreadMaxBytes, pool: pool, retry: { [unowned self] in connect($0, for: $1) })
        connector.connect(to: request.url, timeout: request.connectTimeout, for: exchange) { wire in
            OriginConnection(wire, to: request.url, context: context)
                .carry(request, for: exchange, isReused: false)
        }
    }
}
