import CJSON

/// Reads a JSON text once, from left to right, and leaves the flat index behind. No recursion, no stack: an open
/// container remembers the one around it in its own node.
///
/// On an error the nodes read so far stay, so that the path to the trouble can be told (`IndexBuilder+Path.swift`).
struct IndexBuilder {
    /// What went wrong and where; `JSONDocument` adds the path.
    struct Fault: Error {
        var reason: JSONError.Reason
        var offset: Int

        init(_ reason: JSONError.Reason, _ offset: Int) {
            self.reason = reason
            self.offset = offset
        }
    }

    let base: UnsafePointer<UInt8>
    let end: Int
    let limits: JSONLimits
    /// Owned by the builder until `JSONDocument` takes it over.
    var nodes: UnsafeMutablePointer<IndexNode>
    var count = 0
    var capacity: Int
    /// The innermost open container.
    var parent = IndexNode.noParent
    var depth = 0
    /// A line break stands outside the strings: a verbatim copy may then span lines.
    var hasLineBreaks = false

    /// The index of a whole text; the caller takes over `nodes`.
    static func index(_ text: UnsafeBufferPointer<UInt8>, limits: JSONLimits) throws(JSONError) -> IndexBuilder {
        guard let base = text.baseAddress, !text.isEmpty else { throw JSONError(reason: .empty, offset: 0, path: "") }
        var builder = IndexBuilder(text, base: base, limits: limits)
        do throws(Fault) {
            try builder.build()
        } catch {
            let path = builder.pathOfStop()
            json_free(builder.nodes)
            throw JSONError(reason: error.reason, offset: error.offset, path: path)
        }
        return builder
    }

    private init(_ text: UnsafeBufferPointer<UInt8>, base: UnsafePointer<UInt8>, limits: JSONLimits) {
        self.base = base
        self.end = text.count
        self.limits = limits
        // Small texts get room for one node in six bytes, large ones begin with 64 KiB of index and double it.
        self.capacity = min(text.count / 6 + 4, 4096, limits.nodeCountMax)
        self.nodes = IndexNode.resize(nil, to: max(capacity, 1))
    }

    @inline(__always)
    private mutating func build() throws(Fault) {
        var cursor = skipBlank(0)
        if cursor == end { throw Fault(.empty, cursor) }
        value: while true {
            cursor = skipBlank(cursor)
            if cursor >= end { throw Fault(.unexpectedEnd, cursor) }
            let byte = base[cursor]
            switch byte {
            case UInt8(ascii: "\""):
                cursor = try string(at: cursor)
            case UInt8(ascii: "{"):
                try open(.object, at: cursor)
                cursor = skipBlank(cursor &+ 1)
                if cursor < end, base[cursor] == UInt8(ascii: "}") {
                    cursor = close(at: cursor)
                } else {
                    nodes[Int(parent)].info &+= IndexNode.childUnit
                    cursor = try name(at: cursor)
                    continue value
                }
            case UInt8(ascii: "["):
                try open(.array, at: cursor)
                cursor = skipBlank(cursor &+ 1)
                if cursor < end, base[cursor] == UInt8(ascii: "]") {
                    cursor = close(at: cursor)
                } else {
                    nodes[Int(parent)].info &+= IndexNode.childUnit
                    continue value
                }
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                cursor = try number(at: cursor)
            default:
                cursor = try literal(byte, at: cursor)
            }
            // Behind a value: close what ends here, until a comma asks for the next one.
            while parent != IndexNode.noParent {
                cursor = skipBlank(cursor)
                if cursor >= end { throw Fault(.unexpectedEnd, cursor) }
                let byte = base[cursor]
                let isObject = nodes[Int(parent)].kindBits == UInt32(JSONNode.Kind.object.rawValue)
                if byte == UInt8(ascii: ",") {
                    nodes[Int(parent)].info &+= IndexNode.childUnit
                    cursor = skipBlank(cursor &+ 1)
                    if isObject { cursor = try name(at: cursor) }
                    continue value
                }
                if byte != (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    throw Fault(.expectedCommaOrEnd, cursor)
                }
                cursor = close(at: cursor)
            }
            cursor = skipBlank(cursor)
            if cursor != end { throw Fault(.trailingBytes, cursor) }
            return
        }
    }

    // MARK: Containers and nodes

    @inline(__always)
    private mutating func append(_ kind: JSONNode.Kind, from start: Int, to end: Int, flags: UInt32 = 0) throws(Fault) {
        if count == capacity {
            (nodes, capacity) = try Self.grown(nodes, count: count, nodeCountMax: limits.nodeCountMax, at: start)
        }
        (nodes + count).initialize(
            to: IndexNode(start: start, end: end, next: count &+ 1, info: UInt32(kind.rawValue) | flags))
        count &+= 1
    }

    /// Full nodes moved to more room, and how much that is.
    @inline(never)
    private static func grown(
        _ nodes: UnsafeMutablePointer<IndexNode>, count: Int, nodeCountMax: Int, at offset: Int
    ) throws(Fault) -> (UnsafeMutablePointer<IndexNode>, Int) {
        if count >= nodeCountMax { throw Fault(.tooManyNodes, offset) }
        let larger = min(max(count * 2, 16), nodeCountMax)
        return (IndexNode.resize(nodes, to: larger), larger)
    }

    @inline(__always)
    private mutating func open(_ kind: JSONNode.Kind, at offset: Int) throws(Fault) {
        if depth == limits.depthMax { throw Fault(.tooDeep, offset) }
        depth &+= 1
        let index = count
        try append(kind, from: offset, to: offset)
        nodes[index].next = parent
        parent = UInt32(truncatingIfNeeded: index)
    }

    @inline(__always)
    private mutating func close(at offset: Int) -> Int {
        let node = nodes + Int(parent)
        parent = node.pointee.next
        node.pointee.next = UInt32(truncatingIfNeeded: count)
        node.pointee.end = UInt32(truncatingIfNeeded: offset &+ 1)
        depth &-= 1
        return offset &+ 1
    }

    // MARK: Tokens

    @inline(__always)
    private mutating func skipBlank(_ offset: Int) -> Int {
        if offset < end, base[offset] > 0x20 { return offset }
        let (cursor, isBroken) = Self.blankEnd(base, from: offset, to: end)
        if isBroken { hasLineBreaks = true }
        return cursor
    }

    /// Offset behind blank space, and whether that holds a line break.
    @inline(never)
    private static func blankEnd(_ base: UnsafePointer<UInt8>, from offset: Int, to end: Int) -> (Int, Bool) {
        var cursor = offset
        var isBroken = false
        while cursor < end {
            switch base[cursor] {
            case 0x20, 0x09: cursor &+= 1
            case 0x0A, 0x0D:
                isBroken = true
                cursor &+= 1
            default: return (cursor, isBroken)
            }
        }
        return (cursor, isBroken)
    }

    /// A member name and the colon behind it.
    @inline(__always)
    private mutating func name(at offset: Int) throws(Fault) -> Int {
        if offset >= end { throw Fault(.unexpectedEnd, offset) }
        if base[offset] != UInt8(ascii: "\"") { throw Fault(.expectedName, offset) }
        let index = count
        let closed = try string(at: offset)
        let isPlain = !nodes[index].hasEscapes
        let bit = MemberFilter.bit(count: closed &- offset &- 2, first: base[offset &+ 1], last: base[closed &- 2])
        nodes[index].next = 0
        nodes[Int(parent) &+ 1].next |= isPlain ? bit : MemberFilter.any
        let cursor = skipBlank(closed)
        if cursor >= end { throw Fault(.unexpectedEnd, cursor) }
        if base[cursor] != UInt8(ascii: ":") { throw Fault(.expectedColon, cursor) }
        return cursor &+ 1
    }

    @inline(__always)
    private mutating func string(at quote: Int) throws(Fault) -> Int {
        var cursor = TextScan.plainRunEnd(base, from: quote &+ 1, to: end)
        var flags: UInt32 = 0
        if cursor >= end || base[cursor] != UInt8(ascii: "\"") {
            (cursor, flags) = try Self.stringRest(base, from: cursor, to: end)
        }
        try append(.string, from: quote, to: cursor &+ 1, flags: flags)
        return cursor &+ 1
    }

    /// The rest of a string from its first special byte on: offset of its closing quote, and whether it holds escapes.
    @inline(never)
    private static func stringRest(
        _ base: UnsafePointer<UInt8>, from offset: Int, to end: Int
    ) throws(Fault) -> (Int, UInt32) {
        var cursor = offset
        var flags: UInt32 = 0
        var hasEscapes = false
        while cursor &+ 64 <= end {
            cursor = json_plain_and_simple_escapes_end(base, cursor, end, &hasEscapes)
            if hasEscapes { flags = IndexNode.escapeFlag }
            if cursor == end { break }
            if base[cursor] == UInt8(ascii: "\"") { return (cursor, flags) }
            if TextScan.isSpecial(base[cursor]) { cursor = try specialEnd(base, at: cursor, to: end, &flags) }
        }
        cursor = TextScan.plainRunEnd(base, from: cursor, to: end)
        while cursor < end {
            if base[cursor] == UInt8(ascii: "\"") { return (cursor, flags) }
            cursor = try specialEnd(base, at: cursor, to: end, &flags)
            cursor = TextScan.plainRunEnd(base, from: cursor, to: end)
        }
        throw Fault(.unexpectedEnd, end)
    }

    /// Offset behind what a byte that is neither plain nor a quote begins: an escape sequence, or characters outside ASCII.
    @inline(__always)
    private static func specialEnd(
        _ base: UnsafePointer<UInt8>, at offset: Int, to end: Int, _ flags: inout UInt32
    ) throws(Fault) -> Int {
        if base[offset] == UInt8(ascii: "\\") {
            flags = IndexNode.escapeFlag
            return try escapeEnd(base, at: offset, to: end)
        }
        guard base[offset] >= 0x80 else { throw Fault(.controlCharacter, offset) }
        var cursor = offset
        repeat {
            let length = TextScan.multibyteLength(base, at: cursor, to: end)
            if length == 0 { throw Fault(.invalidUTF8, cursor) }
            cursor &+= length
        } while cursor < end && base[cursor] >= 0x80
        return cursor
    }

    /// Offset behind the escape sequence at `offset` (RFC 8259 section 7). Halves of surrogate pairs may stand alone.
    @inline(__always)
    private static func escapeEnd(
        _ base: UnsafePointer<UInt8>, at offset: Int, to end: Int
    ) throws(Fault) -> Int {
        if offset &+ 1 >= end { throw Fault(.unexpectedEnd, end) }
        switch base[offset &+ 1] {
        case UInt8(ascii: "n"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "t"), UInt8(ascii: "r"),
            UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"):
            return offset &+ 2
        case UInt8(ascii: "u"):
            for step in 2..<6 {
                if offset &+ step >= end { throw Fault(.unexpectedEnd, end) }
                if TextScan.hexValue(base[offset &+ step]) == nil { throw Fault(.invalidEscape, offset) }
            }
            return offset &+ 6
        default:
            throw Fault(.invalidEscape, offset)
        }
    }

    /// A number by the grammar of RFC 8259 section 6; its value is never computed here.
    @inline(__always)
    private mutating func number(at offset: Int) throws(Fault) -> Int {
        var cursor = offset
        if base[cursor] == UInt8(ascii: "-") { cursor &+= 1 }
        let integer = cursor
        cursor = digitsEnd(cursor)
        if cursor == integer || (base[integer] == UInt8(ascii: "0") && cursor &- integer > 1) {
            throw Fault(.invalidNumber, offset)
        }
        if cursor < end, base[cursor] == UInt8(ascii: ".") {
            let fraction = cursor &+ 1
            cursor = digitsEnd(fraction)
            if cursor == fraction { throw Fault(.invalidNumber, offset) }
        }
        if cursor < end, base[cursor] | 0x20 == UInt8(ascii: "e") {
            cursor &+= 1
            if cursor < end, base[cursor] == UInt8(ascii: "+") || base[cursor] == UInt8(ascii: "-") { cursor &+= 1 }
            let exponent = cursor
            cursor = digitsEnd(exponent)
            if cursor == exponent { throw Fault(.invalidNumber, offset) }
        }
        try append(.number, from: offset, to: cursor)
        return cursor
    }

    @inline(__always)
    private func digitsEnd(_ offset: Int) -> Int {
        var cursor = offset
        while cursor < end, base[cursor] &- UInt8(ascii: "0") < 10 { cursor &+= 1 }
        return cursor
    }

    @inline(__always)
    private mutating func literal(_ first: UInt8, at offset: Int) throws(Fault) -> Int {
        switch first {
        case UInt8(ascii: "t"): try literal("true", .bool, at: offset)
        case UInt8(ascii: "f"): try literal("false", .bool, at: offset)
        case UInt8(ascii: "n"): try literal("null", .null, at: offset)
        case 0xEF where offset == 0 && end >= 3 && base[1] == 0xBB && base[2] == 0xBF: throw Fault(.byteOrderMark, 0)
        default: throw Fault(.expectedValue, offset)
        }
    }

    private mutating func literal(_ word: StaticString, _ kind: JSONNode.Kind, at offset: Int) throws(Fault) -> Int {
        let length = word.utf8CodeUnitCount
        if offset &+ length > end || !TextScan.areEqual(base + offset, word.utf8Start, count: length) {
            throw Fault(.invalidLiteral, offset)
        }
        try append(kind, from: offset, to: offset &+ length)
        return offset &+ length
    }
}
