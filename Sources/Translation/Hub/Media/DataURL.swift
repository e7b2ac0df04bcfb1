import JSON

/// `data:[<mime>][;params][;base64],<data>` (RFC 2397), as found in a string of a request.
enum DataURL {
    enum Problem: Error {
        /// No `data:` URL at all.
        case otherScheme
        case noComma
        case notBase64
    }

    /// Longest part before the comma, so that a search in megabytes of data ends early.
    static let headSizeMaxBytes = 512

    static func isDataURL(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.count >= 5 && zip(text, "data:".utf8).allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }

    /// - Parameters:
    ///   - sniffs: whether the first bytes are asked for a type where the named one is none that pictures have.
    ///   - untyped: the type of data that names none and does not tell it.
    static func media(from node: JSONNode, sniffs: Bool, untyped: String) throws(Problem) -> Media {
        // Where the data begins in the escaped content, and whether it may be referred to in place.
        let found = node.withEscapedContent { text -> (head: String, start: Int, isNormal: Bool)? in
            guard isDataURL(text) else { return nil }
            guard let comma = text.prefix(headSizeMaxBytes).firstIndex(of: UInt8(ascii: ",")) else {
                return ("", -1, false)
            }
            let data = UnsafeBufferPointer(rebasing: text[(comma + 1)...])
            return (String(decoding: text[5..<comma], as: UTF8.self), comma + 1, Base64.isNormal(data))
        }
        guard let found, let (head, start, isNormal) = found else { throw .otherScheme }
        guard start > 0 else { throw .noComma }
        var pieces = head.split(separator: ";", omittingEmptySubsequences: false).map { blankless($0) }
        let isBase64 = pieces.last?.lowercased() == "base64"
        if isBase64 { pieces.removeLast() }
        var mime = pieces.first?.lowercased() ?? ""
        let data: Base64Text
        if isBase64, isNormal {
            let size = node.withRawBytes { $0.count }
            data = Base64Text(slice: node, (start + 1)..<(size - 1))
        } else {
            let text = Array((node.string ?? "").utf8)
            guard let comma = text.firstIndex(of: UInt8(ascii: ",")) else { throw .noComma }
            data = Base64Text(owned: try normalData(text[(comma + 1)...], isBase64: isBase64))
        }
        if sniffs { mime = MediaType.ofImage(named: mime) ?? MediaType.sniff(data) ?? mime }
        if mime.isEmpty { mime = untyped }
        return Media(mimeType: mime, data: data)
    }

    private static func normalData(_ text: ArraySlice<UInt8>, isBase64: Bool) throws(Problem) -> [UInt8] {
        let bytes = percentDecoded(text)
        guard isBase64 else { return Base64.encode(bytes) }
        guard let data = Base64.normalize(bytes) else { throw .notBase64 }
        return data
    }

    /// `%41` to `A`; a `%` that begins no escape stays.
    private static func percentDecoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var cursor = text.startIndex
        while cursor < text.endIndex {
            if text[cursor] == UInt8(ascii: "%"), cursor + 2 < text.endIndex,
                let high = hexValue(text[cursor + 1]), let low = hexValue(text[cursor + 2])
            {
                bytes.append(high << 4 | low)
                cursor += 3
            } else {
                bytes.append(text[cursor])
                cursor += 1
            }
        }
        return bytes
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func blankless(_ text: Substring) -> String {
        String(text.filter { $0 != " " && $0 != "\t" })
    }
}
