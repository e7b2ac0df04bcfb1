import HTTP

/// What the worker reads of HTTP for each request and for each event.
enum HTTPMessages {
    static let event = Array("data: ".utf8) + StreamChunk.text + Array("\r\n\r\n".utf8)

    static let head = Array(
        """
        POST /v1/chat/completions HTTP/1.1\r
        Host: 127.0.0.1:8045\r
        Accept: application/json\r
        Content-Type: application/json\r
        User-Agent: OpenAI/Python 2.8.1\r
        Authorization: Bearer sk-0123456789abcdef0123456789abcdef\r
        X-Stainless-Lang: python\r
        Content-Length: 343\r
        \r

        """.utf8)

    static func countEvents(_ parser: inout ServerSentEventParser, _ bytes: [UInt8]) throws -> Int {
        var count = 0
        try bytes.withUnsafeBytes { try parser.feed($0) { count += $0.data.count } }
        return count
    }

    static func parseHead() throws -> Int {
        var parser = RequestHeadParser()
        return try head.withUnsafeBytes { try parser.parse($0)?.byteCount ?? 0 }
    }
}
