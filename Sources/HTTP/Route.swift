/// One line of a route table.
public struct Route<Handler> {
    public let method: HTTPMethod
    /// Segments separated by slashes; `:name` takes one segment, `*name` as the last all that is left.
    public let pattern: String
    public let handler: Handler

    public init(_ method: HTTPMethod, _ pattern: String, _ handler: Handler) {
        self.method = method
        self.pattern = pattern
        self.handler = handler
    }

    public static func get(_ pattern: String, _ handler: Handler) -> Route { Route(.get, pattern, handler) }
    public static func post(_ pattern: String, _ handler: Handler) -> Route { Route(.post, pattern, handler) }
    public static func put(_ pattern: String, _ handler: Handler) -> Route { Route(.put, pattern, handler) }
    public static func patch(_ pattern: String, _ handler: Handler) -> Route { Route(.patch, pattern, handler) }
    public static func delete(_ pattern: String, _ handler: Handler) -> Route { Route(.delete, pattern, handler) }
}

extension Route: Sendable where Handler: Sendable {}
