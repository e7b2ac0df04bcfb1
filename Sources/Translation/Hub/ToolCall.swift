import JSON

/// A call of a tool: in the history of a request, or new in an answer.
///
/// In an answer the name is the client's own, the arguments are repaired by the declared schema, and the identifier is final.
public struct ToolCall: Sendable, Equatable {
    /// Empty only in histories whose client gave none; results then match by order.
    public var id: String
    public var name: String
    /// The text of a JSON object (of another type only if the tool was declared with another root type).
    public var arguments: RawJSON
    public var signature: JSONString?

    public init(id: String, name: String, arguments: RawJSON, signature: JSONString? = nil) {
        self.id = id
        self.name = name
        self.arguments = arguments
        self.signature = signature
    }
}

/// What the client's tool answered.
public struct ToolResult: Sendable {
    public enum Output: Sendable, Equatable {
        /// Becomes `{"result": ...}` upstream, or `{"error": ...}`.
        case text(JSONString)
        /// A JSON object given as an object: passes as it is.
        case object(RawJSON)
    }

    /// Empty: match by order.
    public var callID: String
    public var name: String?
    public var output: Output
    public var media: [Media]
    public var isError: Bool

    var sizeEstimate: Int {
        let text =
            switch output {
            case .text(let text): text.escapedCount
            case .object(let object): object.byteCount
            }
        return text + media.reduce(0) { $0 + $1.data.count + 96 }
    }

    public init(callID: String, name: String? = nil, output: Output, media: [Media] = [], isError: Bool = false) {
        self.callID = callID
        self.name = name
        self.output = output
        self.media = media
        self.isError = isError
    }
}
