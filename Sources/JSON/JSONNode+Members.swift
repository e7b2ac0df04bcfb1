extension JSONNode {
    /// The member of this object with this name; of several with the same name the last. nil if there is none, or if this
    /// is no object. Compares bytes and allocates nothing, unless a name is spelled with escapes.
    @inlinable @inline(__always)
    public subscript(_ name: StaticString) -> JSONNode? {
        guard mayHave(MemberFilter.bit(of: name)) else { return nil }
        let found = place(of: name)
        return found < 0 ? nil : JSONNode(document: document, index: found)
    }

    /// Whether this is an object that may have a member with this bit.
    @inlinable @inline(__always)
    func mayHave(_ bit: UInt32) -> Bool {
        let own = entry
        return own.kindBits == UInt32(Kind.object.rawValue) && own.childCount > 0
            && document.nodes[index &+ 1].next & bit != 0
    }

    /// Index of the value of the last member with this name of an object, or -1.
    @usableFromInline
    func place(of name: StaticString) -> Int {
        let end = Int(entry.next)
        let base = document.text
        let nodes = document.nodes
        // No closure: one would keep the document for as long as it runs, which is two counts for every look-up.
        let wanted = name.utf8Start
        let wantedCount = name.utf8CodeUnitCount
        let length = UInt32(truncatingIfNeeded: wantedCount &+ 2)
        var found = -1
        var cursor = index &+ 1
        while cursor < end {
            let key = nodes[cursor]
            if key.hasEscapes {
                if JSONNode(document: document, index: cursor).equalsDecoded(name) { found = cursor &+ 1 }
            } else if key.end &- key.start == length,
                TextScan.areEqual(base + Int(key.start) + 1, wanted, count: wantedCount)
            {
                found = cursor &+ 1
            }
            cursor = Int(nodes[cursor &+ 1].next)
        }
        return found
    }

    /// The same look-up for a name that is known only at run time.
    public func member(_ name: String) -> JSONNode? {
        var found: JSONNode?
        for member in members where member.name.hasContent(name) { found = member.value }
        return found
    }

    /// Whether this is a string that means exactly `expected`, byte for byte.
    public func hasContent(_ expected: String) -> Bool {
        if entry.hasEscapes { return string.map { $0.utf8.elementsEqual(expected.utf8) } ?? false }
        return withEscapedContent { $0.elementsEqual(expected.utf8) } ?? false
    }

    /// Elements of an array, members of an object, 0 for anything else.
    @inlinable
    public var count: Int { entry.kindBits >= UInt32(Kind.array.rawValue) ? entry.childCount : 0 }

    /// The elements of an array in order; none unless this is an array.
    @inlinable
    public var elements: JSONElements {
        let entry = entry
        let isArray = entry.kindBits == UInt32(Kind.array.rawValue)
        return JSONElements(document: document, cursor: index + 1, end: isArray ? Int(entry.next) : 0)
    }

    /// The members of an object in order, duplicates included; none unless this is an object.
    @inlinable
    public var members: JSONMembers {
        let entry = entry
        let isObject = entry.kindBits == UInt32(Kind.object.rawValue)
        return JSONMembers(document: document, cursor: index + 1, end: isObject ? Int(entry.next) : 0)
    }
}
