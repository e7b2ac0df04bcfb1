import CCurl
import Platform

/// Keeps a libcurl handle to hosts of the public internet: the address is looked at when the socket is opened, so that no
/// spelling of an address, no redirect and no change of what a name resolves to can get past.
enum PublicHosts {
    static func restrict(_ easy: UnsafeMutableRawPointer) {
        curl_set_open_function(easy) { _, _, address in
            guard let address else { return CURL_SOCKET_BAD }
            let bytes = UnsafeRawBufferPointer(
                start: curl_address_bytes(address), count: Int(address.pointee.addrlen))
            guard IPAddress(socketAddress: bytes)?.isPublic == true else { return CURL_SOCKET_BAD }
            return curl_open_socket(address)
        }
    }
}
