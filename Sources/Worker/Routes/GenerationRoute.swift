import Translation

/// The paths that generate: which dialect reads a request, and which one answers.
nonisolated enum GenerationRoute: Sendable {
    case chat
    case completions
    case responses
    case imageGenerations
    case imageEdits
    case transcriptions
    case cursor
    case messages
    case gemini(GeminiNative)

    /// The dialect of the path, whatever the body says.
    var dialect: any ClientDialect {
        switch self {
        case .chat, .cursor: Self.openAIChat
        case .completions: Self.openAICompletions
        case .responses: Self.openAIResponses
        case .imageGenerations: Self.openAIImageGenerations
        case .imageEdits: Self.openAIImageEdits
        case .transcriptions: Self.openAIAudio
        case .messages: Self.anthropic
        case .gemini(let dialect): dialect
        }
    }

    /// The dialect of this body: some paths take the bodies of a neighbour.
    func dialect(for body: RequestBody, by snapshot: WorkerSnapshot) -> any ClientDialect {
        switch self {
        case .chat: body.has("input") && !body.has("messages") ? Self.responsesAsChat : dialect
        case .completions:
            if body.has("messages") {
                Self.openAIChat
            } else if body.has("input") || body.has("instructions") {
                Self.openAIResponses
            } else {
                dialect
            }
        case .responses, .imageGenerations, .imageEdits, .transcriptions, .messages, .gemini: dialect
        case .cursor: Cursor(snapshot.document.reasoningDisplay)
        }
    }

    private static let openAIChat: any ClientDialect = OpenAIChat()
    private static let openAICompletions: any ClientDialect = OpenAICompletions()
    private static let openAIResponses: any ClientDialect = OpenAIResponses()
    private static let responsesAsChat: any ClientDialect = ComposedDialect(
        reading: OpenAIResponses(), answering: OpenAIChat())
    private static let openAIImageGenerations: any ClientDialect = OpenAIImages(.generations)
    private static let openAIImageEdits: any ClientDialect = OpenAIImages(.edits)
    private static let openAIAudio: any ClientDialect = OpenAIAudio()
    private static let anthropic: any ClientDialect = Anthropic()
}
