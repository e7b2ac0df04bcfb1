import JSON

/// One complete JSON text, kept as the bytes it came in.
///
/// Tool arguments and tool results pass through the hub as such texts: member order, spelling of numbers and escapes survive,
/// and an upstream body that repeats a conversation repeats its bytes.
public struct RawJSON: Sendable, Equatable {
    public var bytes: [UInt8]

    /// `bytes` must be one valid JSON text; whoever makes the value has parsed it.
    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// The subtree as it is spelled, without the line breaks that may stand between its tokens.
    public init(_ node: JSONNode) { bytes = node.spelling }

    public init(_ value: JSONValue) { bytes = value.serialized }

    public static let emptyObject = RawJSON(bytes: Array("{}".utf8))
}
