import Translation

/// The paths that generate: which dialect reads a request, and which one answers.
nonisolated enum GenerationRoute: Sendable {
    case chat

    /// The dialect of the path, whatever the body says.
    var dialect: any ClientDialect {
        switch self {
        case .chat: Self.openAIChat
        }
    }

    /// The dialect of this body: some paths take the bodies of a neighbour.
    func dialect(for body: RequestBody) -> any ClientDialect {
        switch self {
        case .chat: dialect
        }
    }

    private static let openAIChat: any ClientDialect = OpenAIChat()
}
