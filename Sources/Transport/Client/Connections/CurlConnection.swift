import CCurl
import HTTP
import Platform

/// A libcurl handle that connects and does nothing else (`CURLOPT_CONNECT_ONLY`).
///
/// In clear text it gives its socket away and ends; with TLS it lives as long as the connection.
@MainActor final class CurlConnection {
    typealias Completion = @MainActor (Result<any Wire, ClientError>) -> Void

    /// libcurl reads no more than this at once: a TLS record.
    private static let recordSizeMaxBytes = 16 * 1024 + 256

    let easy: UnsafeMutableRawPointer
    private let multi: CurlMulti
    private let isClear: Bool
    private var completion: Completion?
    private var isInMulti = false

    init(_ url: HTTPURL, timeout: Duration, options: ClientOptions, multi: CurlMulti) {
        guard let easy = curl_easy_init() else { preconditionFailure("curl_easy_init: out of memory") }
        self.easy = easy
        self.multi = multi
        // The tunnel of a proxy that itself speaks TLS is inside that TLS.
        isClear = !url.isSecure && options.proxy?.hasPrefix("https:") != true
        curl_set_string(easy, CURLOPT_URL, (url.isSecure ? "https://" : "http://") + url.authority + "/")
        curl_set_long(easy, CURLOPT_CONNECT_ONLY, 1)
        curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(timeout / .milliseconds(1)))
        curl_set_long(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        curl_set_long(easy, CURLOPT_TCP_NODELAY, 1)
        curl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
        curl_set_long(easy, CURLOPT_TCP_KEEPIDLE, ClientOptions.tcpKeepAliveSeconds)
        curl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        // An empty proxy keeps libcurl from searching the environment for one.
        curl_set_string(easy, CURLOPT_PROXY, options.proxy ?? "")
        curl_set_long(easy, CURLOPT_HTTPPROXYTUNNEL, 1)
        curl_set_string(easy, CURLOPT_CAINFO, options.caFile)
        curl_set_string(easy, CURLOPT_CAPATH, nil)
        curl_set_share(easy, multi.shareHandle)
        if options.reachesOnlyPublicHosts { PublicHosts.restrict(easy) }
        multi.sockets.attach(to: easy)
    }

    isolated deinit {
        close()
        curl_easy_cleanup(easy)
    }

    /// Begins; `completion` may be called before this returns.
    func start(_ completion: @escaping Completion) {
        self.completion = completion
        isInMulti = true
        multi.add(self)
    }

    /// Ends the attempt or the connection.
    func close() {
        completion = nil
        guard isInMulti else { return }
        isInMulti = false
        multi.remove(self)
    }

    /// The attempt is over. Called when libcurl has returned.
    func finished(_ code: CURLcode) {
        guard let completion else { return }
        self.completion = nil
        completion(result(code))
    }

    private func result(_ code: CURLcode) -> Result<any Wire, ClientError> {
        let socket = curl_active_socket(easy)
        guard code == CURLE_OK, socket != CURL_SOCKET_BAD else {
            close()
            return .failure(ClientError(connecting: code))
        }
        guard isClear else {
            multi.sockets.forget(socket)
            curl_set_long(easy, CURLOPT_BUFFERSIZE, Self.recordSizeMaxBytes)
            return .success(TLSWire(self, raw: socket))
        }
        guard let descriptor = multi.sockets.keep(socket, whenClosedBy: close) else { return .failure(.connect) }
        return .success(ClearWire(descriptor))
    }
}
