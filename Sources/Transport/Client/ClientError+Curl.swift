import CCurl

extension ClientError {
    static let addressCode = Int32(bitPattern: CURLE_URL_MALFORMAT.rawValue)

    /// What an attempt to connect came to. Whatever went wrong with the bytes on the way, it is the connection that failed.
    init(connecting code: CURLcode) {
        switch code {
        case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING: self = .connect
        default: self = ClientError(code) ?? .connect
        }
    }

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
