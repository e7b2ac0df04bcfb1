import HTTP
import JSON
import Transport

/// What a handler of the admin API answers.
nonisolated struct AdminAnswer: Sendable {
    var status = 200
    var contentType = "application/json; charset=utf-8"
    var body: [UInt8]
    var fields: [(name: StaticString, value: String)] = []
    /// Writes the body of an answer that goes on until somebody ends it; in place of `body`.
    var stream: (@MainActor @Sendable (ServerConnection) async -> Void)?

    static func json(_ value: JSONValue, status: Int = 200) -> AdminAnswer {
        AdminAnswer(status: status, body: value.serialized)
    }

    /// Every refusal under `/api` has one shape; `error` is always a string.
    init(_ error: AdminError) {
        var document: JSONObject = ["error": .string(error.message), "code": .string(error.code.rawValue)]
        if let details = error.details { document.append("details", .object(details)) }
        self.init(status: error.code.status, body: JSONValue.object(document).serialized)
        if error.code == .unauthorized { fields.append(("WWW-Authenticate", #"Bearer realm="admin""#)) }
        if !error.allow.isEmpty { fields.append(("Allow", error.allow.map(\.name).joined(separator: ", "))) }
    }

    init(
        status: Int = 200, contentType: String = "application/json; charset=utf-8", body: [UInt8],
        fields: [(name: StaticString, value: String)] = []
    ) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.fields = fields
    }

    init(contentType: String, stream: @escaping @MainActor @Sendable (ServerConnection) async -> Void) {
        self.init(contentType: contentType, body: [])
        self.stream = stream
    }

    var head: ResponseHead {
        var head = ResponseHead(status: status)
        if !body.isEmpty || stream != nil { head.fields.add("Content-Type", contentType) }
        head.fields.add("Cache-Control", "no-store")
        head.fields.add("X-Content-Type-Options", "nosniff")
        for (name, value) in fields { head.fields.add(name, value) }
        return head
    }
}
