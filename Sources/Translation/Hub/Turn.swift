import JSON

/// One message of the conversation: who speaks, and the parts in the client's order.
///
/// Dialects hand over messages as they came; `Conversation` merges neighbours, pairs results with calls and drops what is empty.
public struct Turn: Sendable {
    public enum Role: Sendable, Equatable {
        case user
        case assistant
    }

    public enum Part: Sendable {
        /// Visible text; the signature that stood on it, if the client gave one.
        case text(JSONString, signature: JSONString? = nil)
        case media(Media)
        case thinking(Thinking)
        case toolCall(ToolCall)
        case toolResult(ToolResult)
        /// A part in Google's own form that the hub has no word for: passes to targets that take it.
        case native(NativePart)
    }

    public var role: Role
    public var parts: [Part]

    public init(role: Role, parts: [Part]) {
        self.role = role
        self.parts = parts
    }
}

/// A thought of the model that comes back with the history.
public struct Thinking: Sendable, Equatable {
    public var text: JSONString
    public var signature: JSONString?
    /// Opaque thinking of another provider: it cannot be represented upstream and is left out.
    public var isRedacted = false

    public init(text: JSONString, signature: JSONString?, isRedacted: Bool = false) {
        self.text = text
        self.signature = signature
        self.isRedacted = isRedacted
    }
}
