/// The parameters of a part's `Content-Disposition` (RFC 7578, section 4.2) in every spelling that clients use.
struct DispositionParameters {
    private(set) var name: String?
    private(set) var fileName: String?
    /// From `filename*`, which wins (RFC 6266, section 4.3).
    private var extendedFileName: String?

    private let value: UnsafeRawBufferPointer
    private let offset: Int
    private var cursor = 0

    init(_ value: UnsafeRawBufferPointer, limits: MultipartLimits, at offset: Int) throws(MultipartError) {
        self.value = value
        self.offset = offset
        guard takeToken().equalsIgnoringCase("form-data") else { throw MultipartError(.disposition, at: offset) }
        skipBlanks()
        while cursor < value.count {
            guard take(UInt8(ascii: ";")) else { throw MultipartError(.parameter, at: offset) }
            skipBlanks()
            // A semicolon at the end says nothing.
            if cursor == value.count { break }
            try takeParameter(limits)
            skipBlanks()
        }
        if let extendedFileName { fileName = extendedFileName }
    }

    private mutating func takeParameter(_ limits: MultipartLimits) throws(MultipartError) {
        let name = takeToken()
        skipBlanks()
        guard !name.isEmpty, take(UInt8(ascii: "=")) else { throw MultipartError(.parameter, at: offset) }
        skipBlanks()
        let isQuoted = cursor < value.count && value[cursor] == UInt8(ascii: "\"")
        let bytes = isQuoted ? try takeQuoted() : Array(takeToken())
        guard isQuoted || !bytes.isEmpty else { throw MultipartError(.parameter, at: offset) }
        if name.equalsIgnoringCase("name") {
            guard self.name == nil else { throw MultipartError(.parameter, at: offset) }
            self.name = try text(Self.unescaped(bytes), limits)
        } else if name.equalsIgnoringCase("filename") {
            guard fileName == nil else { throw MultipartError(.parameter, at: offset) }
            fileName = try text(Self.unescaped(bytes), limits)
        } else if name.equalsIgnoringCase("filename*") {
            guard extendedFileName == nil else { throw MultipartError(.parameter, at: offset) }
            if let decoded = Self.extended(bytes) { extendedFileName = try text(decoded, limits) }
        }
    }

    private func text(_ bytes: [UInt8], _ limits: MultipartLimits) throws(MultipartError) -> String {
        guard bytes.count <= limits.nameSizeMaxBytes else { throw MultipartError(.nameTooLong, at: offset) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw MultipartError(.nameEncoding, at: offset)
        }
        return text
    }

    // MARK: Pieces

    private mutating func takeToken() -> UnsafeRawBufferPointer {
        let start = cursor
        while cursor < value.count, ASCII.isToken(value[cursor]) { cursor += 1 }
        return value.part(start..<cursor)
    }

    /// A quoted string. A backslash stands for itself unless a quote or a backslash follows: old browsers send paths.
    private mutating func takeQuoted() throws(MultipartError) -> [UInt8] {
        var content: [UInt8] = []
        cursor += 1
        while cursor < value.count {
            let byte = value[cursor]
            cursor += 1
            if byte == UInt8(ascii: "\"") { return content }
            if byte == UInt8(ascii: "\\"), cursor < value.count,
                value[cursor] == UInt8(ascii: "\"") || value[cursor] == UInt8(ascii: "\\")
            {
                content.append(value[cursor])
                cursor += 1
            } else {
                content.append(byte)
            }
        }
        throw MultipartError(.parameter, at: offset)
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard cursor < value.count, value[cursor] == byte else { return false }
        cursor += 1
        return true
    }

    private mutating func skipBlanks() {
        while cursor < value.count, value[cursor] == ASCII.space || value[cursor] == ASCII.tab { cursor += 1 }
    }

    // MARK: Encodings

    /// Undoes the escapes of HTML forms, which are these three alone (HTML standard, "Multipart form data").
    private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
        decodingPercent(bytes) { $0 == UInt8(ascii: "\"") || $0 == ASCII.carriageReturn || $0 == ASCII.lineFeed }
    }

    /// `UTF-8'language'percent-encoded` (RFC 8187, section 3.2); nil for other character sets.
    private static func extended(_ bytes: [UInt8]) -> [UInt8]? {
        let pieces = bytes.split(separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
        guard pieces.count == 3, String(decoding: pieces[0], as: UTF8.self).lowercased() == "utf-8" else { return nil }
        return decodingPercent(Array(pieces[2])) { _ in true }
    }

    private static func decodingPercent(_ bytes: [UInt8], _ isEscaped: (UInt8) -> Bool) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "%")) else { return bytes }
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = ASCII.hexValue(bytes[index + 1]),
                let low = ASCII.hexValue(bytes[index + 2]), isEscaped(high << 4 | low)
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return decoded
    }
}
