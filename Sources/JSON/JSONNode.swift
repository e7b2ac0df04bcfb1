/// A place in a `JSONDocument`: one value, or the name of a member. Sixteen bytes, cheap to copy; keeps its document alive.
public struct JSONNode: Sendable {
    public enum Kind: UInt8, Sendable {
        case null, bool, number, string, array, object
    }

    @usableFromInline let document: JSONDocument
    @usableFromInline let index: Int

    @inlinable @inline(__always)
    init(document: JSONDocument, index: Int) {
        self.document = document
        self.index = index
    }

    @inlinable @inline(__always)
    var entry: IndexNode { document.nodes[index] }

    @inlinable
    public var kind: Kind {
        switch entry.kindBits {
        case 0: .null
        case 1: .bool
        case 2: .number
        case 3: .string
        case 4: .array
        default: .object
        }
    }

    @inlinable
    public var isNull: Bool { entry.kindBits == UInt32(Kind.null.rawValue) }

    /// Offset of the value's first byte in the text.
    @inlinable
    public var offset: Int { Int(entry.start) }

    /// The verbatim text of this subtree, blank space between its tokens included.
    @inlinable @inline(__always)
    public func withRawBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let entry = entry
        return document.bytes.withUnsafeBufferPointer { text in
            body(UnsafeBufferPointer(rebasing: text[Int(entry.start)..<Int(entry.end)]))
        }
    }

    /// Where this subtree stands as `JSONWriter.node` writes it: in the document's text, or in a copy if there are line breaks
    /// in that.
    public var spelling: (text: [UInt8], range: Range<Int>) {
        guard document.hasLineBreaks else { return (document.bytes, Int(entry.start)..<Int(entry.end)) }
        var writer = JSONWriter()
        writer.node(self)
        return (writer.bytes, writer.bytes.indices)
    }

    /// Whether this subtree is spelled like `text`.
    public func isSpelled(_ text: [UInt8]) -> Bool {
        withRawBytes { own in
            text.withUnsafeBufferPointer { text in
                guard own.count == text.count, let left = own.baseAddress, let right = text.baseAddress else {
                    return false
                }
                return TextScan.areEqual(left, right, count: own.count)
            }
        }
    }

    /// The inside of a string as it is spelled, without its quotes; nil unless this is a string.
    @inlinable @inline(__always)
    public func withEscapedContent<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
        let entry = entry
        guard entry.kindBits == UInt32(Kind.string.rawValue) else { return nil }
        return document.bytes.withUnsafeBufferPointer { text in
            body(UnsafeBufferPointer(rebasing: text[Int(entry.start) + 1..<Int(entry.end) - 1]))
        }
    }
}
