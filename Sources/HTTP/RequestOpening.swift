/// How the heads of requests to one address begin: request line, `Host`, and the fields that they have in common (RFC 9112
/// section 3, origin form). Written once, whatever number of requests follows.
public final class RequestOpening: Sendable {
    public let method: HTTPMethod
    public let url: HTTPURL
    public let lines: FieldLines
    private let bytes: [UInt8]

    public init(method: HTTPMethod, url: HTTPURL, lines: FieldLines = FieldLines()) {
        self.method = method
        self.url = url
        self.lines = lines
        var bytes: [UInt8] = []
        bytes.append(text: method.name)
        bytes.append(ASCII.space)
        bytes.append(text: url.target)
        bytes.append(" HTTP/1.1\r\nHost: ")
        bytes.append(text: url.authority)
        bytes.append("\r\n")
        bytes.append(contentsOf: lines.bytes)
        self.bytes = bytes
    }

    /// Room that is enough for a head with these fields.
    public func headSizeMaxBytes(fields: FieldLines) -> Int { bytes.count + fields.bytes.count + Self.endSizeMaxBytes }
    /// `Content-Length` with a number of 19 digits, and the empty line.
    private static let endSizeMaxBytes = 39

    /// Appends a whole head.
    ///
    /// - Parameters:
    ///   - fields: of this request alone, behind the common ones.
    ///   - bodySizeBytes: value of `Content-Length`; nil for a request without a body.
    public func appendHead(fields: FieldLines, bodySizeBytes: Int?, into out: inout [UInt8]) {
        out.append(contentsOf: bytes)
        out.append(contentsOf: fields.bytes)
        if let bodySizeBytes {
            out.append("Content-Length: ")
            out.append(decimal: bodySizeBytes)
            out.append("\r\n\r\n")
        } else {
            out.append("\r\n")
        }
    }
}
