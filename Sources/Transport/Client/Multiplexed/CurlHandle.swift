import CCurl
import HTTP

/// One libcurl easy handle for whole transfers, with the options that never change set once. Pooled: between two uses only the URL, the
/// method, the fields and the body are set again.
final class CurlHandle {
    let easy: UnsafeMutableRawPointer
    private var fieldList: UnsafeMutablePointer<curl_slist>?
    /// libcurl does not copy the body, so it lives here until the next use.
    private var body: UnsafeMutableRawBufferPointer?

    init?(options: ClientOptions, share: UnsafeMutableRawPointer?) {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        curl_set_long(easy, CURLOPT_TCP_NODELAY, 1)
        curl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
        curl_set_long(easy, CURLOPT_TCP_KEEPIDLE, ClientOptions.tcpKeepAliveSeconds)
        curl_set_long(easy, CURLOPT_BUFFERSIZE, options.bufferSizeBytes)
        curl_set_long(easy, CURLOPT_MAXAGE_CONN, ClientOptions.idleConnectionMaxSeconds)
        curl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        curl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        // An empty proxy keeps libcurl from searching the environment for one.
        curl_set_string(easy, CURLOPT_PROXY, options.proxy ?? "")
        curl_set_string(easy, CURLOPT_CAINFO, options.caFile)
        curl_set_string(easy, CURLOPT_CAPATH, nil)
        curl_set_long(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        curl_set_long(easy, CURLOPT_PIPEWAIT, 1)
        if let share { curl_set_share(easy, share) }
        if options.reachesOnlyPublicHosts { PublicHosts.restrict(easy) }
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(fieldList)
        body?.deallocate()
    }

    /// Takes over a request. The handle must not be in a multi handle.
    func prepare(_ request: ClientRequest, _ opening: RequestOpening) {
        curl_set_string(easy, CURLOPT_URL, opening.url.text)
        curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(request.connectTimeout / .milliseconds(1)))
        setBody(of: request, opening)
        setFields(opening.lines.bytes + request.fields.bytes)
    }

    /// Lets go of everything that belongs to the last request.
    func clear() {
        curl_set_headers(easy, nil)
        curl_slist_free_all(fieldList)
        fieldList = nil
        curl_set_pointer(easy, CURLOPT_POSTFIELDS, nil)
        body?.deallocate()
        body = nil
    }

    /// The server answers: a body that has gone out whole is of no more use, and a stream may last for minutes. libcurl goes
    /// back to the body only for a connection that broke before the answer.
    func dropSentBody() {
        guard let body else { return }
        var sent: curl_off_t = 0
        curl_get_offset(easy, CURLINFO_SIZE_UPLOAD_T, &sent)
        guard Int(sent) >= body.count else { return }
        body.deallocate()
        self.body = nil
    }

    private func setBody(of request: ClientRequest, _ opening: RequestOpening) {
        curl_set_string(easy, CURLOPT_CUSTOMREQUEST, nil)
        guard opening.takesBody else {
            curl_set_long(easy, CURLOPT_HTTPGET, 1)
            curl_set_long(easy, CURLOPT_NOBODY, opening.method == .head ? 1 : 0)
            return
        }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, request.body.count), alignment: 16)
        copy.copyBytes(from: request.body)
        body = copy
        curl_set_long(easy, CURLOPT_POST, 1)
        curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
        curl_set_pointer(easy, CURLOPT_POSTFIELDS, copy.baseAddress)
        if opening.method != .post { curl_set_string(easy, CURLOPT_CUSTOMREQUEST, opening.method.name) }
    }

    /// - Parameter lines: whole lines with their ends.
    private func setFields(_ lines: [UInt8]) {
        // "Expect:" without a value keeps libcurl from waiting for a 100 before it sends a large body.
        var list = curl_slist_append(nil, "Expect:")
        for bytes in lines.split(separator: UInt8(ascii: "\n")) {
            let line = String(decoding: bytes.dropLast(), as: UTF8.self)
            list = curl_slist_append(list, line) ?? list
        }
        fieldList = list
        curl_set_headers(easy, list)
    }
}
