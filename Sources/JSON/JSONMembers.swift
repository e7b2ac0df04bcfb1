/// The members of an object, one after the other; walks the index and allocates nothing.
public struct JSONMembers: Sequence, IteratorProtocol, Sendable {
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

    /// `name` is a string node.
    @inlinable
    public mutating func next() -> (name: JSONNode, value: JSONNode)? {
        guard cursor < end else { return nil }
        let name = JSONNode(document: document, index: cursor)
        let value = JSONNode(document: document, index: cursor + 1)
        cursor = Int(document.nodes[cursor + 1].next)
        return (name, value)
    }
}
