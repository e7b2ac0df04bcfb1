/// The elements of an array, one after the other; walks the index and allocates nothing.
public struct JSONElements: Sequence, IteratorProtocol, Sendable {
    @usableFromInline let document: JSONDocument
    @usableFromInline var cursor: Int
    @usableFromInline let end: Int

    @inlinable
    init(document: JSONDocument, cursor: Int, end: Int) {
        self.document = document
        self.cursor = cursor
        self.end = end
    }

    @inlinable
    public var isEmpty: Bool { cursor >= end }

    @inlinable
    public var first: JSONNode? { isEmpty ? nil : JSONNode(document: document, index: cursor) }

    @inlinable
    public mutating func next() -> JSONNode? {
        guard cursor < end else { return nil }
        let node = JSONNode(document: document, index: cursor)
        cursor = Int(document.nodes[cursor].next)
        return node
    }
}
