import JSON

/// Thought signatures that are known for a request beyond those the client gave back. The store that remembers them across
/// turns fills this value; an empty one is always right, only less helpful.
public struct KnownSignatures: Sendable {
    public enum Key: Sendable, Hashable {
        /// A call identifier this gateway issued.
        case call(String)
        /// SHA-256 of the exact thinking text.
        case thinking([UInt8])
        /// The same, whoever thought it: tells thoughts of another family.
        case thinkingOfAny([UInt8])
        /// SHA-256 of the exact visible text.
        case text([UInt8])
    }

    public struct Entry: Sendable, Equatable {
        /// Empty for a Claude call, which has none: its thinking has.
        public var signature: JSONString
        public var family: SignatureFamily
        /// The call that was signed. A call of the history under the same identifier that is another one gets nothing.
        public var call: CallMark?
        /// Thinking that stood in front of a Claude call, to be put back for clients that dropped it.
        public var thinking: Thinking?

        public init(
            signature: JSONString, family: SignatureFamily, call: CallMark? = nil, thinking: Thinking? = nil
        ) {
            self.signature = signature
            self.family = family
            self.call = call
            self.thinking = thinking
        }

        /// Whether this belongs to `call` and not to another one whose identifier happens to be the same.
        func belongs(to call: ToolCall) -> Bool { self.call.map { $0.marks(call) } ?? true }
    }

    public var entries: [Key: Entry]
    /// Parts whose client gave a signature back that is known to be of another family.
    public var foreign: Set<Key>

    public init(_ entries: [Key: Entry] = [:], foreign: Set<Key> = []) {
        self.entries = entries
        self.foreign = foreign
    }

    public static let none = KnownSignatures()
}
