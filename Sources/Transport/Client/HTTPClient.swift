import CCurl
import Platform

/// Requests to upstream servers over one libcurl multi handle, driven by the event loop.
///
/// The connection cache belongs to the multi handle; handles are pooled. TLS sessions are shared, so a new connection to
/// a known server resumes one.
@MainActor public final class HTTPClient {
    public let options: ClientOptions
    private let multi: UnsafeMutableRawPointer
    private let share: UnsafeMutableRawPointer?
    private var pool: [CurlHandle] = []
    private var exchanges: [UnsafeMutableRawPointer: ClientExchange] = [:]
    private let sockets: CurlSockets

    /// `curl_global_init` runs at the first use. A failure to make a multi handle means that memory is gone.
    public init(options: ClientOptions = ClientOptions()) {
        _ = Self.globalInit
        guard let multi = curl_multi_init() else { preconditionFailure("curl_multi_init: out of memory") }
        self.options = options
        self.multi = multi
        share = curl_share_init()
        if let share { curl_share_ssl_sessions(share) }
        sockets = CurlSockets(multi: multi)
        sockets.onProgress = { [unowned self] in collectFinished() }
        curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, options.connectionsMax)
        if options.http2 {
            curl_multi_set_long(
                multi, CURLMOPT_MAX_CONCURRENT_STREAMS, ClientOptions.http2StreamsPerConnectionMax)
            curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, ClientOptions.http2ConnectionsPerHostMax)
        }
    }

    private static let globalInit: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    isolated deinit {
        precondition(exchanges.isEmpty, "shutdown() comes before the last reference goes")
        pool.removeAll()
        curl_multi_cleanup(multi)
        if let share { curl_share_cleanup(share) }
    }

    /// Cancels every transfer and closes every kept connection that no transfer holds.
    public func shutdown() {
        for exchange in exchanges.values { exchange.cancel() }
        pool.removeAll()
    }

    /// Number of transfers under way.
    public var openCount: Int { exchanges.count }

    /// Sends a request. The exchange must be read to its end or cancelled.
    public func start(_ request: ClientRequest) -> ClientExchange {
        guard let handle = pool.popLast() ?? CurlHandle(options: options, share: share) else {
            preconditionFailure("curl_easy_init: out of memory")
        }
        handle.prepare(request)
        let exchange = ClientExchange(handle: handle, client: self)
        curl_set_pointer(handle.easy, CURLOPT_WRITEDATA, Unmanaged.passUnretained(exchange).toOpaque())
        curl_set_write_function(handle.easy) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let pointer = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return MainActor.assumeIsolated {
                Unmanaged<ClientExchange>.fromOpaque(context).takeUnretainedValue().take(pointer)
            }
        }
        sockets.attach(to: handle)
        exchanges[handle.easy] = exchange
        let added = curl_multi_add_handle(multi, handle.easy)
        precondition(added == CURLM_OK, "a prepared handle can always be added")
        // Begin now: waiting for libcurl's zero timer would cost a turn of the loop.
        sockets.act()
        return exchange
    }

    /// Takes a transfer out before its end. HTTP/1.1 loses the connection, HTTP/2 only the stream.
    func remove(_ exchange: ClientExchange) {
        guard exchanges.removeValue(forKey: exchange.handle.easy) != nil else { return }
        curl_multi_remove_handle(multi, exchange.handle.easy)
    }

    private func collectFinished() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let result = curl_message_result(message)
            curl_multi_remove_handle(multi, easy)
            exchanges.removeValue(forKey: easy)?.end(ClientError(result))
        }
    }

    /// Takes back a handle that no exchange needs any more.
    func recycle(_ handle: CurlHandle) {
        handle.clear()
        if pool.count < ClientOptions.pooledHandlesMax { pool.append(handle) }
    }
}
