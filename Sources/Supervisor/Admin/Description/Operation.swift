import HTTP
import JSON

/// One line of the route table as the description of the API tells it. Everything that follows from the way a request gets
/// in (token, framing and size of the body, ids in the path) is added when the description is made.
nonisolated struct Operation: Sendable {
    let method: HTTPMethod
    /// As in the route table.
    let pattern: String
    let summary: String
    var access = AdminHandler.Access.adminToken
    var query: [Query] = []
    var body = Body.none
    let answer: Answer
    /// Beyond those of every request, see `OpenAPIDocument`.
    var refusals: [AdminError.Code] = []

    /// The names of the ids in its path.
    var ids: [String] {
        pattern.split(separator: "/").filter { $0.hasPrefix(":") }.map { String($0.dropFirst()) }
    }

    /// Its body must be JSON, even where it counts for nothing.
    var isParsed: Bool {
        guard case .adminToken = access else { return false }
        if case .upload = body { return false }
        return true
    }

    nonisolated struct Query: Sendable {
        let name: String
        let shape: Shape
        let text: String

        init(_ name: String, _ shape: Shape, _ text: String) {
            self.name = name
            self.shape = shape
            self.text = text
        }
    }

    nonisolated enum Body: Sendable {
        /// Whatever comes counts for nothing.
        case none
        case json(Shape, example: JSONValue)
        /// A file.
        case upload
        /// An object that is thrown away.
        case ignored
    }

    nonisolated struct Answer: Sendable {
        var status = 200
        let text: String
        /// Nil if there is no body.
        var contentType: String?
        var shape = Shape.text
        /// Of answers in JSON.
        var example: JSONValue?
        var fields: [Query] = []
        /// The same shape with another status, and when.
        var other: (status: Int, text: String)?

        static func json(_ shape: Shape, _ example: JSONValue, _ text: String = "Done.") -> Answer {
            Answer(text: text, contentType: "application/json", shape: shape, example: example)
        }

        static func page(_ contentType: String, _ text: String) -> Answer {
            Answer(text: text, contentType: contentType)
        }

        static let nothing = Answer(status: 204, text: "Done.")

        /// `{"success":true}`
        static let success = json(.object(["success": .constant(true)]), ["success": true])
    }

    static func get(
        _ pattern: String, _ summary: String, access: AdminHandler.Access = .adminToken, query: [Query] = [],
        _ answer: Answer, _ refusals: [AdminError.Code] = []
    ) -> Operation {
        Operation(
            method: .get, pattern: pattern, summary: summary, access: access, query: query, answer: answer,
            refusals: refusals)
    }

    static func post(
        _ pattern: String, _ summary: String, access: AdminHandler.Access = .adminToken, query: [Query] = [],
        takes body: Body = .none, _ answer: Answer, _ refusals: [AdminError.Code] = []
    ) -> Operation {
        Operation(
            method: .post, pattern: pattern, summary: summary, access: access, query: query, body: body, answer: answer,
            refusals: refusals)
    }

    static func patch(
        _ pattern: String, _ summary: String, takes body: Body, _ answer: Answer, _ refusals: [AdminError.Code] = []
    ) -> Operation {
        Operation(
            method: .patch, pattern: pattern, summary: summary, body: body, answer: answer, refusals: refusals)
    }

    static func delete(_ pattern: String, _ summary: String, _ refusals: [AdminError.Code]) -> Operation {
        Operation(method: .delete, pattern: pattern, summary: summary, answer: .nothing, refusals: refusals)
    }
}

nonisolated extension [AdminError.Code] {
    /// Of everything that is stored.
    static var storing: [AdminError.Code] { [.internalError, .stateUnavailable, .storageFull] }
    /// Of every question to Google.
    static var asking: [AdminError.Code] { [.upstreamError, .upstreamTimeout] }
    /// Of a credential that Google is asked about.
    static var checking: [AdminError.Code] { [.invalidGrant] + asking + storing }
    /// Of what needs the access token of a stored account.
    static var usingToken: [AdminError.Code] { [.accountNotFound, .reauthRequired, .stateUnavailable] + asking }
}
