import JSON

/// A function the client offers to the model.
public struct ToolDeclaration: Sendable {
    /// The client's name, which may be unfit for the upstream; `ToolNames` finds the one that is sent.
    public var name: String
    public var description: JSONString?
    /// The client's JSON Schema, uncleaned. `nil`: no parameters.
    public var schema: JSONNode?
    public var form = Form.function
    /// Set for a tool out of a named group: what the client calls it there. `name` is both, joined.
    public var place: Place?

    /// A tool's group and its name in it.
    public struct Place: Sendable, Equatable {
        public var namespace: String
        public var name: String

        public init(namespace: String, name: String) {
            self.namespace = namespace
            self.name = name
        }

        /// The name of the tool among all others.
        public var joined: String { namespace + "__" + name }
    }

    /// How calls of this tool look to the client.
    public enum Form: Sendable, Equatable {
        /// Arguments are a JSON object.
        case function
        /// One free text, which the upstream sees as the argument `input`.
        case custom
        /// The client's own shell, which the upstream sees as a function with `command`.
        case localShell
    }

    public init(name: String, description: JSONString? = nil, schema: JSONNode? = nil, form: Form = .function) {
        self.name = name
        self.description = description
        self.schema = schema
        self.form = form
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
    /// Calls are held to the schemas, without having to be made; only of these, unless there are none.
    case validated([String])
}
