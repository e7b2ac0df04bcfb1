/// Writes the head of a request that a client of ours sends (RFC 9112 section 3, origin form).
public enum RequestHead {
    /// Appends request line, `Host`, the fields and the empty line.
    ///
    /// - Parameters:
    ///   - fields: behind `lines`, in this order.
    ///   - bodySizeBytes: value of `Content-Length`; nil for a request without a body.
    public static func append(
        method: HTTPMethod, url: HTTPURL, lines: FieldLines = FieldLines(), fields: [(name: String, value: String)],
        bodySizeBytes: Int?, into out: inout [UInt8]
    ) {
        out.append(text: method.name)
        out.append(ASCII.space)
        out.append(text: url.target)
        out.append(" HTTP/1.1\r\nHost: ")
        out.append(text: url.authority)
        out.append("\r\n")
        out.append(contentsOf: lines.bytes)
        for (name, value) in fields { FieldLines.append(name, value, into: &out) }
        if let bodySizeBytes {
            out.append("Content-Length: ")
            out.append(decimal: bodySizeBytes)
            out.append("\r\n")
        }
        out.append("\r\n")
    }
}
