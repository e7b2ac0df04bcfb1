/// A place in a `JSONDocument`, as `JSONNode` is one, for a single walk over it: keeps nothing alive and counts no reference,
/// so that a look at every member of an event costs a few instructions each.
///
/// Given out by `JSONDocument.walk`, and without meaning outside its closure; `node` is what may be kept.
public struct JSONView {
    @usableFromInline let document: Unmanaged<JSONDocument>
    @usableFromInline let index: Int

    @inlinable @inline(__always)
    init(document: Unmanaged<JSONDocument>, index: Int) {
        self.document = document
        self.index = index
    }

    @inlinable @inline(__always)
    var entry: IndexNode { document._withUnsafeGuaranteedRef { $0.nodes[index] } }

    @inlinable @inline(__always)
    var text: UnsafePointer<UInt8> { document._withUnsafeGuaranteedRef { $0.text } }

    /// The same place, to be kept.
    @inlinable
    public var node: JSONNode { JSONNode(document: document.takeUnretainedValue(), index: index) }

    @inlinable @inline(__always)
    public var isObject: Bool { entry.kindBits == UInt32(JSONNode.Kind.object.rawValue) }

    @inlinable @inline(__always)
    public var isArray: Bool { entry.kindBits == UInt32(JSONNode.Kind.array.rawValue) }

    @inlinable @inline(__always)
    public var isString: Bool { entry.kindBits == UInt32(JSONNode.Kind.string.rawValue) }

    @inlinable @inline(__always)
    public var isNull: Bool { entry.kindBits == UInt32(JSONNode.Kind.null.rawValue) }

    /// As `JSONNode.bool`.
    @inlinable @inline(__always)
    public var bool: Bool? {
        let entry = entry
        guard entry.kindBits == UInt32(JSONNode.Kind.bool.rawValue) else { return nil }
        return entry.end &- entry.start == 4
    }

    /// As `JSONNode.int`.
    public var int: Int? {
        let entry = entry
        guard entry.kindBits == UInt32(JSONNode.Kind.number.rawValue) else { return nil }
        return JSONNumber.exactInt(
            UnsafeBufferPointer(start: text + Int(entry.start), count: Int(entry.end &- entry.start)))
    }

    /// The inside of a string as it is spelled, as `JSONNode.text`.
    @inlinable @inline(__always)
    public var string: JSONString? {
        let entry = entry
        guard isString else { return nil }
        return document._withUnsafeGuaranteedRef {
            JSONString(in: $0.bytes, from: entry.start &+ 1, to: entry.end &- 1)
        }
    }

    /// Whether this is a string, or the name of a member, that means exactly `expected`: what `switch` asks of each case.
    @inlinable @inline(__always)
    public static func ~= (expected: StaticString, view: JSONView) -> Bool {
        let entry = view.entry
        if entry.end &- entry.start == UInt32(truncatingIfNeeded: expected.utf8CodeUnitCount &+ 2),
            entry.info & IndexNode.stringBits == UInt32(JSONNode.Kind.string.rawValue)
        {
            return TextScan.areEqual(
                view.text + Int(entry.start) + 1, expected.utf8Start, count: expected.utf8CodeUnitCount)
        }
        return entry.hasEscapes && view.node.equalsDecoded(expected)
    }

    /// The elements of an array in order; none unless this is an array.
    @inlinable @inline(__always)
    public var elements: Elements { Elements(document: document, cursor: index &+ 1, end: isArray ? entry.next : 0) }

    /// The members of an object in order, duplicates included; none unless this is an object.
    @inlinable @inline(__always)
    public var members: Members { Members(document: document, cursor: index &+ 1, end: isObject ? entry.next : 0) }

    public struct Elements: Sequence, IteratorProtocol {
        @usableFromInline let document: Unmanaged<JSONDocument>
        @usableFromInline var cursor: Int
        @usableFromInline let end: Int

        @inlinable @inline(__always)
        init(document: Unmanaged<JSONDocument>, cursor: Int, end: UInt32) {
            self.document = document
            self.cursor = cursor
            self.end = Int(end)
        }

        @inlinable @inline(__always)
        public mutating func next() -> JSONView? {
            guard cursor < end else { return nil }
            let view = JSONView(document: document, index: cursor)
            cursor = Int(view.entry.next)
            return view
        }
    }

    public struct Members: Sequence, IteratorProtocol {
        @usableFromInline let document: Unmanaged<JSONDocument>
        @usableFromInline var cursor: Int
        @usableFromInline let end: Int

        @inlinable @inline(__always)
        init(document: Unmanaged<JSONDocument>, cursor: Int, end: UInt32) {
            self.document = document
            self.cursor = cursor
            self.end = Int(end)
        }

        @inlinable @inline(__always)
        public mutating func next() -> (name: JSONView, value: JSONView)? {
            guard cursor < end else { return nil }
            let name = JSONView(document: document, index: cursor)
            let value = JSONView(document: document, index: cursor &+ 1)
            cursor = Int(value.entry.next)
            return (name, value)
        }
    }
}

extension JSONDocument {
    /// Gives the root to `body`. No view may outlive the call.
    @inlinable
    public func walk<Result, Failure>(_ body: (JSONView) throws(Failure) -> Result) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(JSONView(document: .passUnretained(self), index: 0))
    }
}
