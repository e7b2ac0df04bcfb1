extension JSONWriter {
    /// A subtree of a document as it is spelled there: order, duplicates, numbers and escapes are kept. Blank space is
    /// kept too, unless the document is broken into lines: then it is dropped, since the output may become one line of an
    /// event stream.
    @inlinable
    public mutating func node(_ node: JSONNode) {
        beforeValue()
        if node.document.hasLineBreaks {
            appendCompact(node)
        } else {
            node.withRawBytes { bytes.append(contentsOf: $0) }
        }
    }

    /// The name of a member as it is spelled in its document.
    @inlinable
    public mutating func name(_ name: JSONNode) {
        node(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A tree without blank space. Recursion is bounded by the depth of the tree.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let isTrue): bool(isTrue)
        case .number(let text): number(text: text)
        case .string(let text): string(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members {
                name(member.name)
                self.value(member.value)
            }
            endObject()
        }
    }

    /// Appends the tokens of a subtree without what stands between them.
    @usableFromInline
    mutating func appendCompact(_ node: JSONNode) {
        node.withRawBytes { text in
            guard let base = text.baseAddress else { return }
            var cursor = 0
            while cursor < text.count {
                let byte = base[cursor]
                if byte == UInt8(ascii: "\"") {
                    let end = Self.stringEnd(base, from: cursor + 1, to: text.count)
                    bytes.append(contentsOf: UnsafeBufferPointer(start: base + cursor, count: end - cursor))
                    cursor = end
                } else {
                    if byte > 0x20 { bytes.append(byte) }
                    cursor += 1
                }
            }
        }
    }

    /// Offset behind the closing quote of a valid string whose content begins at `offset`.
    private static func stringEnd(_ base: UnsafePointer<UInt8>, from offset: Int, to end: Int) -> Int {
        var cursor = offset
        while true {
            cursor = TextScan.plainRunEnd(base, from: cursor, to: end)
            guard cursor < end else { return end }
            switch base[cursor] {
            case UInt8(ascii: "\""): return cursor + 1
            case UInt8(ascii: "\\"): cursor = min(cursor + 2, end)
            default: cursor += 1
            }
        }
    }
}
