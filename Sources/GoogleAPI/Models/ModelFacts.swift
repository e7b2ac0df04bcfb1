/// What is known about an upstream model before an account's live list says more.
public struct ModelFacts: Sendable, Equatable {
    public let id: String
    public let family: ModelFamily
    /// Makes images: no tools, no system instruction, no thinking configuration.
    public let isImage: Bool
    /// Tokens that may go in.
    public let contextTokensMax: Int
    /// Largest `maxOutputTokens`.
    public let outputTokensMax: Int
    /// Nil: `thinkingConfig` must be left out.
    public let thinking: ThinkingRange?
    /// Thinks unless told otherwise.
    public let thinksByDefault: Bool

    /// Models that Code Assist is known to offer. The list of an account wins over this one.
    public static let known: [ModelFacts] = [
        "gemini-3-pro-high", "gemini-3-pro-low", "gemini-3-flash", "gemini-3-pro-image", "gemini-3.1-pro-high",
        "gemini-3.1-pro-low", "gemini-pro-agent", "gemini-3-flash-agent", "gemini-3.1-flash-image", "gemini-2.5-pro",
        "gemini-2.5-flash", "gemini-2.5-flash-thinking", "gemini-2.5-flash-lite", "claude-sonnet-4-5",
        "claude-sonnet-4-5-thinking", "claude-opus-4-5-thinking", "claude-sonnet-4-6", "claude-opus-4-6-thinking",
        "gpt-oss-120b-medium",
    ].map(ModelFacts.of)

    /// Facts of any id: unknown ones get those of their family.
    public static func of(_ id: String) -> ModelFacts {
        let family = ModelFamily(model: id)
        let isImage = id.lowercased().hasWord("image")
        let thinking = isImage ? nil : thinking(of: id.lowercased(), family)
        let thinksByDefault =
            switch family {
            case .claude: id.lowercased().hasSuffix("-thinking")
            case .gemini25: thinking != nil && !id.lowercased().hasWord("lite")
            case .gemini3: thinking != nil
            case .geminiOld, .gptOSS: false
            }
        return ModelFacts(
            id: id, family: family, isImage: isImage, contextTokensMax: contextTokensMax(of: family),
            outputTokensMax: outputTokensMax(of: family), thinking: thinking, thinksByDefault: thinksByDefault)
    }

    private static func contextTokensMax(of family: ModelFamily) -> Int {
        switch family {
        case .claude: 200_000
        case .gptOSS: 114_000
        case .geminiOld, .gemini25, .gemini3: 1_048_576
        }
    }

    private static func outputTokensMax(of family: ModelFamily) -> Int {
        switch family {
        case .claude: 64_000
        case .gptOSS: 32_768
        case .geminiOld: 8_192
        case .gemini25, .gemini3: 65_535
        }
    }

    private static func thinking(of id: String, _ family: ModelFamily) -> ThinkingRange? {
        switch family {
        case .claude: id.hasSuffix("-thinking") || isClaudeFrom46(id) ? .claude : nil
        case .gptOSS, .geminiOld: nil
        case .gemini25: id.hasWord("lite") ? .flashLite25 : id.hasWord("flash") ? .flash25 : .pro25
        case .gemini3: id.hasWord("flash") ? .flash3 : id.hasPrefix("gemini-3-") ? .pro3 : .pro31
        }
    }

    /// From 4.6 on, Claude ids take a budget without the `-thinking` suffix.
    private static func isClaudeFrom46(_ id: String) -> Bool {
        let numbers = id.split { $0 == "-" || $0 == "." }.compactMap { Int($0) }.filter { $0 < 100 }
        guard let major = numbers.first else { return false }
        return major > 4 || major == 4 && (numbers.dropFirst().first ?? 0) >= 6
    }
}
