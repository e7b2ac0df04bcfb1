import CJSON

/// One entry of the flat index: a value, or the name of a member, which stands directly before its value.
///
/// Sixteen bytes. The subtree of node `i` is `i ..< next`; its text is `start ..< end`, quotes and brackets included.
/// While a container is open its `next` holds the index of the container around it, so the parser needs no stack. Of a name
/// `next` is always the node behind it, so the first name of an object holds there the `MemberFilter` of all of them.
@usableFromInline
struct IndexNode: Sendable {
    @usableFromInline var start: UInt32
    @usableFromInline var end: UInt32
    @usableFromInline var next: UInt32
    /// Bits 0-2 kind, bit 3 "holds an escape" of a string, bits 4-31 number of children of a container.
    @usableFromInline var info: UInt32

    @usableFromInline static let escapeFlag: UInt32 = 8
    /// Of `info`: what a string without escapes has in common with no other node is that these hold its kind alone.
    @usableFromInline static let stringBits: UInt32 = 15
    @usableFromInline static let childUnit: UInt32 = 16
    /// `next` of the outermost open container.
    @usableFromInline static let noParent = UInt32.max

    @inlinable @inline(__always)
    init(start: Int, end: Int, next: Int, info: UInt32) {
        self.start = UInt32(truncatingIfNeeded: start)
        self.end = UInt32(truncatingIfNeeded: end)
        self.next = UInt32(truncatingIfNeeded: next)
        self.info = info
    }

    @inlinable @inline(__always)
    var kindBits: UInt32 { info & 7 }

    @inlinable @inline(__always)
    var hasEscapes: Bool { info & Self.escapeFlag != 0 }

    @inlinable @inline(__always)
    var childCount: Int { Int(info >> 4) }

    /// Room for `count` nodes, or for more of those that stand at `room`. Never less than one.
    static func resize(_ room: UnsafeMutablePointer<IndexNode>?, to count: Int) -> UnsafeMutablePointer<IndexNode> {
        guard let resized = json_resize(room, count * MemoryLayout<IndexNode>.stride) else {
            fatalError("out of memory")  // the end of the process, as of any allocation of Swift's own
        }
        return resized.assumingMemoryBound(to: IndexNode.self)
    }
}
