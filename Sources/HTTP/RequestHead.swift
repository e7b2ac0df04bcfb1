/// Writes the head of a request that a client of ours sends (RFC 9112 section 3, origin form).
public enum RequestHead {
    /// Appends request line, `Host`, the fields and the empty line.
    ///
    /// - Parameters:
    ///   - fields: in this order; control characters of a value become spaces, so that no value can end its own line.
    ///   - bodySizeBytes: value of `Content-Length`; nil for a request without a body.
    public static func append(
        method: HTTPMethod, url: HTTPURL, fields: [(name: String, value: String)], bodySizeBytes: Int?,
        into out: inout [UInt8]
    ) {
        out.append(contentsOf: method.name.utf8)
        out.append(ASCII.space)
        out.append(contentsOf: url.target.utf8)
        out.append(" HTTP/1.1\r\nHost: ")
        out.append(contentsOf: url.authority.utf8)
        out.append("\r\n")
        for (name, value) in fields {
            out.append(contentsOf: name.utf8)
            out.append(": ")
            let start = out.count
            out.append(contentsOf: value.utf8)
            for index in start..<out.count where ASCII.isForbiddenControl(out[index]) { out[index] = ASCII.space }
            out.append("\r\n")
        }
        if let bodySizeBytes {
            out.append("Content-Length: ")
            out.append(decimal: bodySizeBytes)
            out.append("\r\n")
        }
        out.append("\r\n")
    }
}
