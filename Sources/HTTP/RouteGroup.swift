/// The three groups of paths on the one port: who serves them and which secret opens them.
public enum RouteGroup: Sendable, Equatable {
    /// The AI dialects, opened by the API key: a worker serves them.
    case ai
    /// `/api/*`, opened by the admin token: the supervisor serves them.
    case admin
    /// Sign-in callback, health, console and event logging: no secret, the supervisor serves them.
    case open

    private static let openPaths: Set<String> = [
        "/api/health", "/api/event_logging/batch", "/v1/api/event_logging", "/v1/api/event_logging/batch",
    ]

    /// - Parameter path: as sent; it is neither decoded nor normalised, so that no spelling reaches a group twice.
    public static func of(path: String) -> RouteGroup {
        if path.begins(with: "/v1/") || path.begins(with: "/v1beta/") || path.begins(with: "/cursor/")
            || path.begins(with: "/mcp/")
        {
            return path.begins(with: "/v1/api/") && openPaths.contains(path) ? .open : .ai
        }
        if path.begins(with: "/api/") { return openPaths.contains(path) ? .open : .admin }
        return .open
    }
}
