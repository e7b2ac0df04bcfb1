import HTTP

/// Header fields of answers, put together once; an exchange adds what is its own.
nonisolated enum AnswerFields {
    /// Browser-based clients may use the AI endpoints from anywhere: they carry a key, never a cookie.
    private static let open: HTTPFields = {
        var fields = HTTPFields()
        fields.add("Access-Control-Allow-Origin", "*")
        fields.add("Access-Control-Expose-Headers", "X-Mapped-Model, x-request-id, request-id, Retry-After")
        return fields
    }()

    static let json: HTTPFields = {
        var fields = open
        fields.add("Content-Type", "application/json")
        return fields
    }()

    /// A whole answer of another type than JSON.
    static func whole(_ contentType: String) -> HTTPFields {
        if contentType == "application/json" { return json }
        var fields = open
        fields.add("Content-Type", contentType)
        return fields
    }

    static func stream(_ contentType: String?) -> HTTPFields {
        guard let contentType, contentType != eventStreamType else { return eventStream }
        return streamed(as: contentType)
    }

    private static let eventStreamType = "text/event-stream"
    private static let eventStream = streamed(as: eventStreamType)

    private static func streamed(as contentType: String) -> HTTPFields {
        var fields = open
        fields.add("Content-Type", contentType)
        fields.add("Cache-Control", "no-cache, no-transform")
        fields.add("X-Accel-Buffering", "no")
        return fields
    }

    /// Lets browsers read an error too.
    static func addOpen(to fields: inout HTTPFields) {
        for (name, value) in open { fields.add(name, value) }
    }

    /// The answer to a preflight: whatever header the page wants to send, it may.
    static func preflight(_ head: HTTPRequestHead) -> HTTPFields {
        var fields = open
        fields.add("Allow", "GET, HEAD, POST, OPTIONS")
        fields.add("Access-Control-Allow-Methods", "GET, POST, HEAD, OPTIONS")
        if let wanted = head.fields["access-control-request-headers"] {
            fields.add("Access-Control-Allow-Headers", wanted)
        }
        fields.add("Access-Control-Max-Age", "3600")
        return fields
    }
}
