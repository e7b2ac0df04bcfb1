/// How the Cursor endpoint shows the model's reasoning.
nonisolated enum ReasoningMode: String, Sendable, CaseIterable {
    case hide, raw
    case thinkTags = "think_tags"
    case inline

    /// Reads any accepted spelling, whatever its case and the blanks around it.
    init?(spelling: String) {
        switch spelling.trimmed.lowercased() {
        case "hide", "off", "disabled": self = .hide
        case "raw", "passthrough", "native": self = .raw
        case "think_tags", "think-tags", "fold", "cursor": self = .thinkTags
        case "inline", "on", "enabled": self = .inline
        default: return nil
        }
    }
}
