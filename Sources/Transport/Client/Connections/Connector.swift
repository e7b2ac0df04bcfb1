import CCurl
import HTTP
import Platform

/// Makes connections by libcurl: it resolves names, tries addresses, talks to proxies and shakes hands for TLS.
///
/// Connections with TLS stay in the multi handle that made them. There are several of those, with few connections each,
/// because libcurl finds a connection by walking over all of its multi handle.
@MainActor final class Connector {
    private let options: ClientOptions
    private let share = CurlShare()
    private var multis: [CurlMulti] = []

    init(options: ClientOptions) { self.options = options }

    /// - Parameter connected: called once the connection stands. Otherwise the exchange ends with the reason.
    func connect(
        to url: HTTPURL, timeout: Duration, for exchange: ClientExchange,
        connected: @escaping @MainActor (any Wire) -> Void
    ) {
        let connection = CurlConnection(url, timeout: timeout, options: options, multi: roomyMulti())
        exchange.carrier = PendingConnection(connection)
        connection.start { [unowned exchange] result in
            switch result {
            case .success(let wire): connected(wire)
            case .failure(let error): exchange.end(error)
            }
        }
    }

    /// Multi handles that have become empty go here, and not when it happens: then libcurl may be at work in them.
    private func roomyMulti() -> CurlMulti {
        let first = multis.first
        multis.removeAll { $0.isEmpty && $0 !== first }
        if let roomy = multis.first(where: { $0.count < ClientOptions.connectionsPerMultiMax }) { return roomy }
        let multi = CurlMulti(share: share)
        multis.append(multi)
        return multi
    }
}

/// Carries an exchange that waits for its connection.
@MainActor private final class PendingConnection: ExchangeCarrier {
    private let connection: CurlConnection
    init(_ connection: CurlConnection) { self.connection = connection }
    func resumeReading() {}
    func abandon() { connection.close() }
}
