import JSON

/// One complete JSON text, kept as the bytes it came in.
///
/// Tool arguments and tool results pass through the hub as such texts: member order, spelling of numbers and escapes survive,
/// and an upstream body that repeats a conversation repeats its bytes.
///
/// What was read from a document is a place in that document's text: nothing is copied, and the whole text stays for as long as
/// this does.
public struct RawJSON: Sendable {
    private let text: [UInt8]
    private let start: UInt32
    private let end: UInt32

    /// `bytes` must be one valid JSON text of less than 4 GiB; whoever makes the value has parsed it.
    public init(bytes: [UInt8]) {
        text = bytes
        start = 0
        end = UInt32(bytes.count)
    }

    /// The subtree as it is spelled, without the line breaks that may stand between its tokens.
    public init(_ node: JSONNode) {
        let spelling = node.spelling
        text = spelling.text
        start = UInt32(spelling.range.lowerBound)
        end = UInt32(spelling.range.upperBound)
    }

    public init(_ value: JSONValue) { self.init(bytes: value.serialized) }

    public static let emptyObject = RawJSON(bytes: Array("{}".utf8))

    /// The text, not copied.
    public var bytes: ArraySlice<UInt8> { text[Int(start)..<Int(end)] }

    /// The text for who needs it by itself: copied unless it is the whole of its document.
    public var array: [UInt8] { byteCount == text.count ? text : Array(bytes) }

    public var byteCount: Int { Int(end - start) }
}

extension RawJSON: Equatable {
    /// Spelled alike.
    public static func == (one: Self, other: Self) -> Bool { one.bytes == other.bytes }
}
