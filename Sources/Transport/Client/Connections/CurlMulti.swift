import CCurl

/// One libcurl multi handle and what it holds: attempts to connect, and connections with TLS.
@MainActor final class CurlMulti {
    let sockets: CurlSockets
    private let multi: UnsafeMutableRawPointer
    private let share: CurlShare
    private var connecting: [UnsafeMutableRawPointer: CurlConnection] = [:]
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }
    var shareHandle: UnsafeMutableRawPointer { share.handle }

    /// A failure to make a multi handle means that memory is gone.
    init(share: CurlShare) {
        guard let multi = curl_multi_init() else { preconditionFailure("curl_multi_init: out of memory") }
        self.multi = multi
        self.share = share
        sockets = CurlSockets(multi: multi)
        sockets.onProgress = { [unowned self] in collectFinished() }
    }

    isolated deinit {
        precondition(isEmpty, "a connection keeps its multi handle")
        curl_multi_cleanup(multi)
    }

    func add(_ connection: CurlConnection) {
        count += 1
        connecting[connection.easy] = connection
        let added = curl_multi_add_handle(multi, connection.easy)
        precondition(added == CURLM_OK, "a prepared handle can always be added")
        // Begin now: waiting for libcurl's zero timer would cost a turn of the loop.
        sockets.act()
    }

    /// Closes what the handle has, and forgets it.
    func remove(_ connection: CurlConnection) {
        count -= 1
        connecting[connection.easy] = nil
        curl_multi_remove_handle(multi, connection.easy)
    }

    private func collectFinished() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            connecting.removeValue(forKey: easy)?.finished(curl_message_result(message))
        }
    }
}
