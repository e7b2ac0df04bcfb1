import CCurl

/// What libcurl's handles of one client have in common: TLS sessions, so that a new connection to a known server resumes
/// one, and resolved names.
@MainActor final class CurlShare {
    let handle: UnsafeMutableRawPointer

    /// `curl_global_init` runs at the first use. A failure means that memory is gone.
    init() {
        _ = Self.globalInit
        guard let handle = curl_share_init() else { preconditionFailure("curl_share_init: out of memory") }
        self.handle = handle
        curl_share_add(handle, CURL_LOCK_DATA_SSL_SESSION)
        curl_share_add(handle, CURL_LOCK_DATA_DNS)
    }

    isolated deinit { curl_share_cleanup(handle) }

    private static let globalInit: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
}
