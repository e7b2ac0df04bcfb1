import CJSON

/// A JSON text and its flat index, made in one pass. Values are read from it in place (`JSONNode`) and subtrees copied
/// out of it byte for byte, so member order, the spelling of numbers and strings, and duplicate names survive.
///
/// Strict RFC 8259: UTF-8 is checked, nothing may follow the value. Numbers of any size are accepted and kept as text.
/// Halves of surrogate pairs (`"\ud800"`) are accepted; they stay escaped in copies and decode to U+FFFD.
public final class JSONDocument: Sendable {
    public let bytes: [UInt8]
    /// Where `bytes` stand: an array that nobody writes stays in its place. Reading through it counts no reference.
    @usableFromInline nonisolated(unsafe) let text: UnsafePointer<UInt8>
    /// `count` initialized nodes, freed with the document; never written after `init`.
    @usableFromInline nonisolated(unsafe) let nodes: UnsafeMutablePointer<IndexNode>
    @usableFromInline let count: Int
    /// Whether a line break stands between the tokens, as in pretty-printed texts.
    @usableFromInline let hasLineBreaks: Bool

    /// Indexes `bytes`, which the document keeps.
    ///
    /// - Throws: the first error from the left, with its offset and the path of the member or element it stands in.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .init()) throws(JSONError) {
        guard bytes.count <= JSONLimits.textSizeMaxBytes else {
            throw JSONError(reason: .tooLong, offset: JSONLimits.textSizeMaxBytes, path: "")
        }
        let index = try bytes.withUnsafeBufferPointer { text throws(JSONError) in
            try IndexBuilder.index(text, limits: limits)
        }
        self.bytes = bytes
        self.text = bytes.withUnsafeBufferPointer { $0.baseAddress! }
        self.nodes = index.nodes
        self.count = index.count
        self.hasLineBreaks = index.hasLineBreaks
    }

    deinit { json_free(nodes) }

    @inlinable
    public var root: JSONNode { JSONNode(document: self, index: 0) }
}
