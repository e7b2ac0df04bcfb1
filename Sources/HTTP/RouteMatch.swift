/// What a route table says about a request.
public enum RouteMatch<Handler> {
    case found(Handler, parameters: [String: String])
    /// The path is known; `allow` is the value of the `Allow` field, and what OPTIONS answers.
    case methodNotAllowed(allow: [HTTPMethod])
    case notFound
}

extension RouteMatch: Sendable where Handler: Sendable {}
