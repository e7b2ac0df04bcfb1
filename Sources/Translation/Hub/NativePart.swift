import JSON

/// A part in Google's own form that the hub has no word for, with the members that Google knows and no others.
public struct NativePart: Sendable {
    public enum Kind: Sendable {
        /// Data with more said about it than its type: a stretch of a video, a resolution, a signature.
        case media
        /// Data by address (`fileData`).
        case file
        /// Code the model ran, or what it printed: understood only beside the code execution tool.
        case code
    }

    public var kind: Kind
    /// The part as it is sent, without its signature: an object with at least one member.
    public var json: RawJSON
    public var signature: JSONString?
    /// What stands in its place for a target that does not take it.
    public var substitute: [Turn.Part]
    /// Where it stands in the client's body, for refusals.
    public var path: String

    public init(
        kind: Kind, json: RawJSON, signature: JSONString? = nil, substitute: [Turn.Part] = [], path: String
    ) {
        self.kind = kind
        self.json = json
        self.signature = signature
        self.substitute = substitute
        self.path = path
    }
}
