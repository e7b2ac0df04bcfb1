import HTTP

/// The AI endpoints that this worker serves.
nonisolated enum AIRoute: Sendable {
    case generation(GenerationRoute)
    case models
    case model

    /// The route of nearly every request, told without the table.
    static func match(_ method: HTTPMethod, path: String) -> RouteMatch<AIRoute> {
        if path == "/v1/chat/completions", method == .post { return .found(.generation(.chat), parameters: [:]) }
        return table.match(method, path: path)
    }

    private static let table = RouteTable<AIRoute>([
        .post("/v1/chat/completions", .generation(.chat)),
        .get("/v1/models", .models),
        .get("/v1/models/*id", .model),
    ])
}
