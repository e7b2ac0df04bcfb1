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

    static func split(_ text: JSONString, signature: JSONString?, keepsImages: Bool) -> [Turn.Part] {
        let bytes = text.escaped
        guard let first = nextImage(in: bytes, from: 0) else { return [.text(text, signature: signature)] }
        var parts: [Turn.Part] = []
        var pending: [UInt8] = []
        var cursor = 0
        var found: (range: Range<Int>, media: Media)? = first
        while let image = found {
            pending += bytes[cursor..<image.range.lowerBound]
            if keepsImages {
                if !pending.isEmpty { parts.append(.text(JSONString(escaped: pending))) }
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

    private static func nextImage(in bytes: [UInt8], from start: Int) -> (range: Range<Int>, media: Media)? {
        var cursor = start
        while let open = find(opening, in: bytes, from: cursor, to: bytes.count) {
            cursor = open + opening.count
            let limit = min(bytes.count, cursor + alternativeSizeMax)
            guard let data = find(middle, in: bytes, from: cursor, to: limit),
                let close = find([UInt8(ascii: ")")], in: bytes, from: data + middle.count, to: bytes.count),
                let media = media(Array(bytes[(data + middle.count)..<close]))
            else { continue }
            return (open..<(close + 1), media)
        }
        return nil
    }

    /// `image/png;base64,...`, slashes possibly escaped.
    private static func media(_ text: [UInt8]) -> Media? {
        let plain = text.filter { $0 != UInt8(ascii: "\\") }
        guard let comma = plain.prefix(DataURL.headSizeMaxBytes).firstIndex(of: UInt8(ascii: ",")) else { return nil }
        let head = String(decoding: plain[..<comma], as: UTF8.self)
        guard head.hasPrefix("image/"), head.hasSuffix(";base64") else { return nil }
        guard let data = Base64.normalize(plain[(comma + 1)...]) else { return nil }
        return Media(mimeType: String(head.dropLast(";base64".count)), data: Base64Text(owned: data))
    }

    private static func find(_ piece: [UInt8], in bytes: [UInt8], from start: Int, to end: Int) -> Int? {
        guard end - start >= piece.count else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            var cursor = start
            while cursor + piece.count <= end {
                if bytes[cursor] == piece[0], piece.indices.allSatisfy({ bytes[cursor + $0] == piece[$0] }) {
                    return cursor
                }
                cursor += 1
            }
            return nil
        }
    }
}
