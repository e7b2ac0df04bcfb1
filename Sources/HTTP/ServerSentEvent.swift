/// One event of a stream (HTML standard, "Server-sent events"), and how it is written.
public struct ServerSentEvent: Sendable, Equatable {
    /// The `event` field; nil when there was none.
    public var name: String?
    /// The `data` lines joined by LF.
    public var data: [UInt8]

    public init(name: String? = nil, data: [UInt8]) {
        self.name = name
        self.data = data
    }

    /// Appends the event with its empty line.
    public func append(into out: inout [UInt8]) {
        Self.append(name: name, data: data, into: &out)
    }

    /// Appends an event with its empty line; a line feed in `data` begins a further `data` line.
    public static func append(name: String? = nil, data: some Collection<UInt8>, into out: inout [UInt8]) {
        out.reserveCapacity(out.count + data.count + 16 + (name?.utf8.count ?? 0) + 8)
        if let name {
            out.append("event: ")
            out.append(contentsOf: name.utf8)
            out.append(ASCII.lineFeed)
        }
        out.append("data: ")
        if data.contains(ASCII.lineFeed) {
            for byte in data {
                out.append(byte)
                if byte == ASCII.lineFeed { out.append("data: ") }
            }
        } else {
            out.append(contentsOf: data)
        }
        out.append("\n\n")
    }

    /// Appends a comment with an empty line behind it: it keeps a connection alive and is no event.
    public static func append(comment: StaticString, into out: inout [UInt8]) {
        out.append(": ")
        out.append(comment)
        out.append("\n\n")
    }
}
