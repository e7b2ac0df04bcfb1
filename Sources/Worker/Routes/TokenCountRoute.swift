import Translation

/// The paths that count tokens.
nonisolated enum TokenCountRoute: Sendable {
    case anthropic
    case gemini(GeminiNative)

    var dialect: any CountingDialect {
        switch self {
        case .anthropic: Self.anthropicMessages
        case .gemini(let dialect): dialect
        }
    }

    private static let anthropicMessages: any CountingDialect = Anthropic()
}
