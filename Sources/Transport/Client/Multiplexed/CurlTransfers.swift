import CCurl
import HTTP
import Platform

/// Whole transfers by libcurl, for HTTP/2: many streams share a connection, which is libcurl's to keep.
@MainActor final class CurlTransfers {
    private let options: ClientOptions
    private let multi: UnsafeMutableRawPointer
    private let share: CurlShare
    private var pool: [CurlHandle] = []
    private var running: [UnsafeMutableRawPointer: CurlTransfer] = [:]
    private let sockets: CurlSockets

    /// A failure to make a multi handle means that memory is gone.
    init(options: ClientOptions) {
        share = CurlShare()
        guard let multi = curl_multi_init() else { preconditionFailure("curl_multi_init: out of memory") }
        self.options = options
        self.multi = multi
        sockets = CurlSockets(multi: multi)
        sockets.onProgress = { [unowned self] in collectFinished() }
        curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, options.connectionsMax)
        curl_multi_set_long(multi, CURLMOPT_MAX_CONCURRENT_STREAMS, ClientOptions.http2StreamsPerConnectionMax)
        curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, ClientOptions.http2ConnectionsPerHostMax)
    }

    isolated deinit {
        pool.removeAll()
        curl_multi_cleanup(multi)
    }

    func start(_ request: ClientRequest, _ opening: RequestOpening, for exchange: ClientExchange) {
        guard let handle = pool.popLast() ?? CurlHandle(options: options, share: share.handle) else {
            preconditionFailure("curl_easy_init: out of memory")
        }
        handle.prepare(request, opening)
        let transfer = CurlTransfer(handle, exchange, self)
        curl_set_pointer(handle.easy, CURLOPT_WRITEDATA, Unmanaged.passUnretained(transfer).toOpaque())
        curl_set_write_function(handle.easy) { bytes, size, count, context in
            guard let bytes, let context else { return 0 }
            let pointer = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return MainActor.assumeIsolated {
                Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue().take(pointer)
            }
        }
        sockets.attach(to: handle.easy)
        running[handle.easy] = transfer
        exchange.carrier = transfer
        let added = curl_multi_add_handle(multi, handle.easy)
        precondition(added == CURLM_OK, "a prepared handle can always be added")
        // Begin now: waiting for libcurl's zero timer would cost a turn of the loop.
        sockets.act()
    }

    /// Takes a transfer out before its end: the stream is reset, the connection lives on.
    func remove(_ handle: CurlHandle) {
        guard running.removeValue(forKey: handle.easy) != nil else { return }
        curl_multi_remove_handle(multi, handle.easy)
        recycle(handle)
    }

    private func collectFinished() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let result = curl_message_result(message)
            curl_multi_remove_handle(multi, easy)
            guard let transfer = running.removeValue(forKey: easy) else { continue }
            transfer.finish(ClientError(result))
            recycle(transfer.handle)
        }
    }

    private func recycle(_ handle: CurlHandle) {
        handle.clear()
        if pool.count < ClientOptions.pooledHandlesMax { pool.append(handle) }
    }
}

/// One such transfer. libcurl's callbacks only store bytes: libcurl is never entered from its own callback.
@MainActor final class CurlTransfer: ExchangeCarrier {
    let handle: CurlHandle
    private unowned let exchange: ClientExchange
    private unowned let transfers: CurlTransfers

    init(_ handle: CurlHandle, _ exchange: ClientExchange, _ transfers: CurlTransfers) {
        self.handle = handle
        self.exchange = exchange
        self.transfers = transfers
    }

    /// libcurl's write callback. With HTTP/2 a pause would not hold the sender up, so a reader that is too far behind loses its
    /// stream.
    func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        noteHead()
        guard exchange.received.count < ClientOptions.http2UnreadMaxBytes else { return 0 }
        exchange.received.append(contentsOf: bytes)
        exchange.progressed()
        return bytes.count
    }

    func finish(_ error: ClientError?) {
        if error == nil { noteHead() }
        exchange.end(error)
    }

    func resumeReading() {}

    func abandon() { transfers.remove(handle) }

    private func noteHead() {
        guard exchange.answer == nil else { return }
        exchange.begin(handle.responseHead())
        handle.dropSentBody()
    }
}
