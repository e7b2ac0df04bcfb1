import CCurl
import HTTP

extension CurlHandle {
    /// Status and fields of the last answer that was not a `1xx`.
    func responseHead() -> ResponseHead {
        var status = 0
        curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        var fields = HTTPFields()
        var header: UnsafeMutablePointer<curl_header>?
        while let next = curl_easy_nextheader(easy, UInt32(CURLH_HEADER), -1, header) {
            fields.add(String(cString: next.pointee.name), String(cString: next.pointee.value))
            header = next
        }
        return ResponseHead(status: status, fields: fields)
    }
}
