import JSON

/// A function the client offers to the model.
public struct ToolDeclaration: Sendable {
    /// The client's name, which may be unfit for the upstream; `ToolNames` finds the one that is sent.
    public var name: String
    public var description: JSONString?
    /// The client's JSON Schema, uncleaned. `nil`: no parameters.
    public var schema: JSONNode?

    public init(name: String, description: JSONString? = nil, schema: JSONNode? = nil) {
        self.name = name
        self.description = description
        self.schema = schema
    }
}

/// Which tools the model may or must call. Names are the client's.
public enum ToolChoice: Sendable, Equatable {
    /// The client said nothing.
    case unspecified
    case auto
    case none
    /// Any tool must be called.
    case required
    /// One of these must be called.
    case forced([String])
    /// Only these may be called; the other declarations are not sent.
    case allowed([String])
}
