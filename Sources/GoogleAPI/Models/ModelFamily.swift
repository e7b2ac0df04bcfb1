/// What kind of model an upstream id names. The family decides wire rules; the id alone tells it.
public enum ModelFamily: UInt8, Sendable, CaseIterable {
    /// Anthropic's models behind Code Assist: own rules for thinking, signatures, names and empty parts.
    case claude = 0
    /// OpenAI's open model: Gemini's wire format, no thought signatures.
    case gptOSS = 1
    /// Gemini 1.5 and 2.0: no thinking.
    case geminiOld = 2
    case gemini25 = 3
    /// Gemini 3 and anything newer or unknown: the first call of each model content in the current turn is signed.
    case gemini3 = 4

    public init(model: String) {
        let id = model.lowercased()
        if id.hasWord("claude") {
            self = .claude
        } else if id.hasPrefix("gpt") {
            self = .gptOSS
        } else if id.hasPrefix("gemini-2.5") {
            self = .gemini25
        } else if id.hasPrefix("gemini-1") || id.hasPrefix("gemini-2") {
            self = .geminiOld
        } else {
            self = .gemini3
        }
    }

    public var isClaude: Bool { self == .claude }
}
