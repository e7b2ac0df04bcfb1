/// What the path of a Gemini request asks for: a model, and what to do with it.
public struct GeminiCall: Sendable, Equatable {
    public enum Action: Sendable, Equatable {
        case generate
        case stream(GeminiFraming)
        case countTokens
        /// Embeddings and predictions, which only the public API makes: the method's name.
        case passThrough(String)
    }

    /// As the client wrote it; may begin with `models/`.
    public var model: String
    public var action: Action

    private static let passedThrough: Set<String> = [
        "embedContent", "batchEmbedContents", "predict", "predictLongRunning", "batchGenerateContent",
        "asyncBatchEmbedContent",
    ]

    /// - Parameters:
    ///   - path: what follows `/v1beta/models/`, decoded. The action stands behind the last colon; without one it is
    ///     `generateContent`, or `countTokens` behind the last slash.
    ///   - alt: the query item of that name: `sse` asks for server-sent events.
    /// - Returns: nil for an action that the API does not have, and for an empty model.
    public init?(path: String, alt: String?) {
        var path = Substring(path)
        let word: Substring
        if let colon = path.lastIndex(of: ":") {
            word = path[path.index(after: colon)...]
            path = path[..<colon]
        } else if path.hasSuffix("/countTokens") {
            word = "countTokens"
            path = path.dropLast("/countTokens".count)
        } else {
            word = "generateContent"
        }
        switch word {
        case "generateContent": action = .generate
        case "streamGenerateContent": action = .stream(alt == "sse" ? .events : .array)
        case "countTokens": action = .countTokens
        default:
            guard Self.passedThrough.contains(String(word)) else { return nil }
            action = .passThrough(String(word))
        }
        guard !path.isEmpty else { return nil }
        model = String(path)
    }
}

/// The two forms of a Gemini stream (Gemini API, "streamGenerateContent").
public enum GeminiFraming: Sendable, Equatable {
    /// `?alt=sse`: one `data:` line for each answer object.
    case events
    /// One JSON array that grows.
    case array
}
