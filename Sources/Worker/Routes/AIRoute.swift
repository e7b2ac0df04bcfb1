import HTTP

/// The AI endpoints that this worker serves.
nonisolated enum AIRoute: Sendable {
    case chatCompletions
    case models
    case model

    static let table = RouteTable<AIRoute>([
        .post("/v1/chat/completions", .chatCompletions),
        .get("/v1/models", .models),
        .get("/v1/models/*id", .model),
    ])
}
