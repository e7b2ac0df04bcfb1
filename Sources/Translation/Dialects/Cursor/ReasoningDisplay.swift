/// How the Cursor endpoint shows the model's thinking. The raw value is the canonical word of the setting.
public enum ReasoningDisplay: String, Sendable, CaseIterable {
    /// Not at all.
    case hide
    /// In `reasoning_content`, as any chat client gets it.
    case raw
    /// In `content`, between `<think>` and `</think>`.
    case thinkTags = "think_tags"
    /// In `content`, without a mark.
    case inline
}
