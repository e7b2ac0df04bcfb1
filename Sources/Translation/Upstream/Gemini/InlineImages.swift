import JSON

/// Pictures that come back inside assistant text as markdown with the data inline, as this gateway itself delivers them.
/// Sent on as text they would fill the context with base64.
enum InlineImages {
    /// What stands in the text for a picture that is left out.
    static let placeholder = "[image]"

    private static let opening = Array("![".utf8)
    private static let middle = Array("](data:".utf8)
    /// Longest alternative text, in bytes.
    private static let alternativeSizeMax = 256

    /// - Returns: nil for a text without pictures, which most are.
    static func split(_ text: JSONString, signature: JSONString?, keepsImages: Bool) -> [Content.Part]? {
        let bytes = text.escaped
        guard let first = nextImage(in: bytes, from: bytes.startIndex) else { return nil }
        var parts: [Content.Part] = []
        var pending: [UInt8] = []
        var cursor = bytes.startIndex
        var found: (range: Range<Int>, media: Media)? = first
        while let image = found {
            pending += bytes[cursor..<image.range.lowerBound]
            if keepsImages {
                if !pending.isEmpty { parts.append(.text(JSONString(escaped: pending), signature: nil)) }
                pending = []
                parts.append(.media(image.media))
            } else {
                pending += placeholder.utf8
            }
            cursor = image.range.upperBound
            found = nextImage(in: bytes, from: cursor)
        }
        pending += bytes[cursor...]
        if !pending.isEmpty { parts.append(.text(JSONString(escaped: pending), signature: signature)) }
        return parts
    }

    private static func nextImage(in bytes: ArraySlice<UInt8>, from start: Int) -> (range: Range<Int>, media: Media)? {
        var cursor = start
        while let open = find(opening, in: bytes, from: cursor, to: bytes.endIndex) {
            cursor = open + opening.count
            let limit = min(bytes.endIndex, cursor + alternativeSizeMax)
            guard let data = find(middle, in: bytes, from: cursor, to: limit),
                let image = image(bytes[(data + middle.count)...])
            else { continue }
            return (open..<(image.end + 1), image.media)
        }
        return nil
    }

    /// `image/png;base64,...)`, slashes possibly escaped. Looks no further than the data goes, so that a text full of
    /// beginnings is still read in one pass.
    private static func image(_ text: ArraySlice<UInt8>) -> (media: Media, end: Int)? {
        guard let comma = text.prefix(DataURL.headSizeMaxBytes).firstIndex(of: UInt8(ascii: ",")) else { return nil }
        let head = String(decoding: text[..<comma].filter { $0 != UInt8(ascii: "\\") }, as: UTF8.self)
        guard head.hasPrefix("image/"), head.hasSuffix(";base64") else { return nil }
        let rest = text[(comma + 1)...]
        guard let end = rest.firstIndex(where: { !Base64.isPart($0) && $0 != UInt8(ascii: "\\") }),
            rest[end] == UInt8(ascii: ")"),
            let data = Base64.normalize(rest[..<end].filter { $0 != UInt8(ascii: "\\") })
        else { return nil }
        return (Media(mimeType: String(head.dropLast(";base64".count)), data: Base64Text(owned: data)), end)
    }

    private static func find(_ piece: [UInt8], in bytes: ArraySlice<UInt8>, from start: Int, to end: Int) -> Int? {
        guard end - start >= piece.count else { return nil }
        return bytes[start..<end].withUnsafeBufferPointer { bytes in
            var cursor = 0
            while cursor + piece.count <= bytes.count {
                if bytes[cursor] == piece[0], piece.indices.allSatisfy({ bytes[cursor + $0] == piece[$0] }) {
                    return start + cursor
                }
                cursor += 1
            }
            return nil
        }
    }
}
