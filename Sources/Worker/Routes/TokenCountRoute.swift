import Translation

/// The paths that count tokens.
nonisolated enum TokenCountRoute: Sendable {
    case anthropic

    var dialect: any CountingDialect {
        switch self {
        case .anthropic: Self.anthropicMessages
        }
    }

    private static let anthropicMessages: any CountingDialect = Anthropic()
}
