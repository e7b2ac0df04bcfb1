/// What a `Content-Type` says about forms.
public enum MultipartBoundary: Sendable, Equatable {
    /// It is no `multipart/form-data`.
    case otherType
    /// It is, but names no usable boundary.
    case missing
    case found(String)

    /// RFC 2046, section 5.1.1: at most so many characters.
    static let sizeMaxBytes = 70

    public init(contentType: String) {
        // Almost every body is JSON: one look at the first bytes instead of many at characters.
        if contentType.begins(with: "application/json") {
            self = .otherType
            return
        }
        let type = contentType.prefix { $0 != ";" }
        guard Self.trimmed(type).lowercased() == "multipart/form-data" else {
            self = .otherType
            return
        }
        self = .missing
        // Characters of a boundary need no escape even in quotes, and a semicolon is none of them.
        for piece in contentType.dropFirst(type.count).split(separator: ";") {
            guard let equals = piece.firstIndex(of: "="),
                Self.trimmed(piece[..<equals]).lowercased() == "boundary"
            else { continue }
            var value = Self.trimmed(piece[piece.index(after: equals)...])
            if value.utf8.count >= 2, value.first == "\"", value.last == "\"" {
                value = value.dropFirst().dropLast()
            }
            if Self.isBoundary(value) { self = .found(String(value)) }
            return
        }
    }

    private static func isBoundary(_ text: Substring) -> Bool {
        (1...sizeMaxBytes).contains(text.utf8.count) && text.last != " " && text.utf8.allSatisfy(isBoundaryCharacter)
    }

    /// `bchars` of RFC 2046, section 5.1.1.
    private static func isBoundaryCharacter(_ byte: UInt8) -> Bool {
        ASCII.isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) || "'()+_,-./:=? ".utf8.contains(byte)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
