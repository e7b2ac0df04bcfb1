import JSON

/// Thought signatures that are known for a request beyond those the client gave back. The store that remembers them across
/// turns fills this value; an empty one is always right, only less helpful.
public struct KnownSignatures: Sendable {
    public enum Key: Sendable, Hashable {
        /// A call identifier this gateway issued.
        case call(String)
        /// SHA-256 of the exact thinking text.
        case thinking([UInt8])
        /// SHA-256 of the exact visible text.
        case text([UInt8])
    }

    public struct Entry: Sendable, Equatable {
        public var signature: JSONString
        public var family: SignatureFamily
        /// Thinking that stood in front of a Claude call, to be put back for clients that dropped it.
        public var thinking: Thinking?

        public init(signature: JSONString, family: SignatureFamily, thinking: Thinking? = nil) {
            self.signature = signature
            self.family = family
            self.thinking = thinking
        }
    }

    public var entries: [Key: Entry]

    public init(_ entries: [Key: Entry] = [:]) { self.entries = entries }

    public static let none = KnownSignatures()
}
