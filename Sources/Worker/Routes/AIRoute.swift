import HTTP

/// The AI endpoints that this worker serves.
nonisolated enum AIRoute: Sendable {
    case generation(GenerationRoute)
    /// A method of Google's API: model and action stand in the path.
    case gemini
    case models(ModelQuestion)
    case modelDetection
    case tokenCount(TokenCountRoute)

    /// The route of nearly every request, told without the table.
    static func match(_ method: HTTPMethod, path: String) -> RouteMatch<AIRoute> {
        if path == "/v1/chat/completions", method == .post { return .found(.generation(.chat), parameters: [:]) }
        return table.match(method, path: path)
    }

    private static let table = RouteTable<AIRoute>([
        .post("/v1/chat/completions", .generation(.chat)),
        .post("/v1/completions", .generation(.completions)),
        .post("/v1/responses", .generation(.responses)),
        .get("/v1/models", .models(.list)),
        .get("/v1/models/claude", .models(.claude)),
        .post("/v1/models/detect", .modelDetection),
        .get("/v1/models/*id", .models(.one)),
        .get("/v1beta/models", .models(.list)),
        .get("/v1beta/models/*id", .models(.one)),
        .post("/cursor/chat/completions", .generation(.cursor)),
        .post("/cursor/v1/chat/completions", .generation(.cursor)),
        .get("/cursor/models", .models(.list)),
        .get("/cursor/v1/models", .models(.list)),
        .post("/v1/images/generations", .generation(.imageGenerations)),
        .post("/v1/images/edits", .generation(.imageEdits)),
        .post("/v1/audio/transcriptions", .generation(.transcriptions)),
        .post("/v1/messages", .generation(.messages)),
        .post("/v1/messages/count_tokens", .tokenCount(.anthropic)),
        .post("/v1/models/*id", .gemini),
        .post("/v1beta/models/*id", .gemini),
    ])
}
