/// Status and fields of an answer. Framing, `Connection` and `Date` are added when it is written.
public struct ResponseHead: Sendable, Equatable {
    public var status: Int
    public var fields: HTTPFields

    public init(status: Int, fields: HTTPFields = HTTPFields()) {
        self.status = status
        self.fields = fields
    }

    /// Appends status line, fields and the empty line.
    ///
    /// - Parameters:
    ///   - framing: how the body will be framed. Statuses that have no body (1xx, 204) get no framing field, and 304
    ///     none either, since the length of what was not sent is not known here.
    ///   - keepAlive: false adds `Connection: close`.
    ///   - date: value of the `Date` field, nil for none.
    ///   - minorVersion: of the request: an HTTP/1.0 client is told that its connection is kept.
    public func serialize(
        framing: BodyFraming, keepAlive: Bool, date: String?, minorVersion: Int = 1, into out: inout [UInt8]
    ) {
        out.reserveCapacity(out.count + fields.bytes.count + fields.count * 4 + 160)
        if status == 200 {
            out.append("HTTP/1.1 200 OK\r\n")
        } else {
            out.append("HTTP/1.1 ")
            out.append(decimal: status)
            out.append(ASCII.space)
            out.append(Self.reason(of: status))
            out.append("\r\n")
        }
        if fields.areLines {
            out.append(contentsOf: fields.bytes)
        } else {
            for entry in fields.entries {
                out.append(contentsOf: fields.bytes[entry.name])
                out.append(": ")
                out.append(contentsOf: fields.bytes[entry.value])
                out.append("\r\n")
            }
        }
        if let date {
            out.append("Date: ")
            out.append(text: date)
            out.append("\r\n")
        }
        if !Self.hasNoBody(status) {
            switch framing {
            case .none: break
            case .length(let count):
                out.append("Content-Length: ")
                out.append(decimal: count)
                out.append("\r\n")
            case .chunked: out.append("Transfer-Encoding: chunked\r\n")
            }
        }
        if !keepAlive {
            out.append("Connection: close\r\n")
        } else if minorVersion == 0 {
            out.append("Connection: keep-alive\r\n")
        }
        out.append("\r\n")
    }

    /// Answers with this status never have a body (RFC 9110 section 6.4.1).
    public static func hasNoBody(_ status: Int) -> Bool { status < 200 || status == 204 || status == 304 }

    /// The phrase of RFC 9110 section 15 and of the registry; empty for what has none.
    public static func reason(of status: Int) -> StaticString {
        switch status {
        case 100: "Continue"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 411: "Length Required"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 499: "Client Closed Request"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        case 507: "Insufficient Storage"
        case 529: "Overloaded"
        default: ""
        }
    }
}

extension [UInt8] {
    mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// By the bytes of the text: appending its `utf8` view would go through a copy in pieces.
    mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }

    /// Name, colon, `prefix` and value, and the line's end. Control characters of the value become spaces, so that no value can
    /// end its own line.
    mutating func appendFieldLine(
        _ name: UnsafeBufferPointer<UInt8>, prefix: StaticString = "", _ value: String
    ) {
        let valueStart = count + name.count + 2
        var value = value
        let isClean = value.withUTF8 { text in
            append(addingCapacity: name.count + prefix.utf8CodeUnitCount + text.count + 4) { line in
                line.append(name)
                line.append(ASCII.colon)
                line.append(ASCII.space)
                prefix.withUTF8Buffer { line.append($0) }
                line.append(text)
                line.append(ASCII.carriageReturn)
                line.append(ASCII.lineFeed)
            }
            return !UnsafeRawBufferPointer(text).holdsForbiddenControl
        }
        guard !isClean else { return }
        for index in valueStart..<count - 2 where ASCII.isForbiddenControl(self[index]) { self[index] = ASCII.space }
    }

    mutating func append(decimal number: Int) {
        var divisor = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(0x30 + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }
}

extension OutputSpan<UInt8> {
    /// Appends a copy of all bytes; there must be room.
    fileprivate mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        precondition(bytes.count <= freeCapacity, "room was made for them")
        withUnsafeMutableBufferPointer { all, count in
            _ = UnsafeMutableBufferPointer(rebasing: all[count...]).initialize(from: bytes)
            count += bytes.count
        }
    }
}
