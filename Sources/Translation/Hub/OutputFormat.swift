import JSON

/// The form the client wants the text of the answer in.
public enum OutputFormat: Sendable {
    case text
    /// Any JSON text.
    case json
    /// JSON by this schema (uncleaned).
    case jsonSchema(JSONNode)
    /// One of the words that this schema lists.
    case word(JSONNode)
}
