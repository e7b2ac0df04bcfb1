import CCurl

extension CurlHandle {
    func responseHead() -> ClientResponseHead {
        var status = 0
        curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        var type: UnsafeMutablePointer<CChar>?
        curl_get_string(easy, CURLINFO_CONTENT_TYPE, &type)
        return ClientResponseHead(status: status, contentType: type.map { String(cString: $0) })
    }

    /// A field of the last answer that was not a `1xx`.
    func field(_ name: String) -> String? {
        var header: UnsafeMutablePointer<curl_header>?
        guard curl_easy_header(easy, name, 0, UInt32(CURLH_HEADER), -1, &header) == CURLHE_OK, let header else {
            return nil
        }
        return String(cString: header.pointee.value)
    }
}

extension ClientError {
    /// nil for a transfer that ended well.
    init?(_ code: CURLcode) {
        switch code {
        case CURLE_OK: return nil
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .resolve
        case CURLE_COULDNT_CONNECT, CURLE_PROXY: self = .connect
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM:
            self = .tls
        case CURLE_OPERATION_TIMEDOUT: self = .timeout
        case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_HTTP2_STREAM,
            CURLE_HTTP2:
            self = .reset
        case CURLE_WRITE_ERROR: self = .tooLarge
        default: self = .other(code: Int32(bitPattern: code.rawValue), text: String(cString: curl_easy_strerror(code)))
        }
    }
}
