/// Walks through a TOML text (TOML 1.0): keys, values and what stands between them. Looks at the syntax alone and makes
/// nothing of it.
nonisolated struct TOMLReader {
    let bytes: [UInt8]
    private(set) var cursor = 0

    /// Arrays and inline tables within each other; deeper is refused.
    static let depthMax = 64

    /// - Throws: for a text with characters that no TOML text has.
    init(_ bytes: [UInt8]) throws(CLIFileFault) {
        self.bytes = bytes
        try checkCharacters()
    }

    var isAtEnd: Bool { cursor >= bytes.count }

    // MARK: Keys

    mutating func readPath() throws(CLIFileFault) -> [String] {
        var path: [String] = []
        repeat {
            skipBlanks()
            path.append(try readKey())
            skipBlanks()
        } while take(".")
        return path
    }

    private mutating func readKey() throws(CLIFileFault) -> String {
        let start = cursor
        if let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            try readLine(quote)
            let content = bytes[start + 1..<cursor - 1]
            guard !(quote == UInt8(ascii: "\"") && content.contains(UInt8(ascii: "\\"))) else {
                throw fault("a key is written with escapes")
            }
            return String(decoding: content, as: UTF8.self)
        }
        while let byte = peek, Self.isOfBareKey(byte) { cursor += 1 }
        guard cursor > start else { throw fault("a key is missing") }
        return String(decoding: bytes[start..<cursor], as: UTF8.self)
    }

    // MARK: Values

    /// - Returns: where the value stands.
    mutating func readValue() throws(CLIFileFault) -> Range<Int> {
        let start = cursor
        try readValue(depth: 0)
        return start..<cursor
    }

    private mutating func readValue(depth: Int) throws(CLIFileFault) {
        guard depth < Self.depthMax else { throw fault("values lie too deep within each other") }
        switch peek {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): try readString()
        case UInt8(ascii: "["): try readArray(depth)
        case UInt8(ascii: "{"): try readInlineTable(depth)
        default: try readBare()
        }
    }

    private mutating func readString() throws(CLIFileFault) {
        let quote = bytes[cursor]
        guard isAhead(quote, 3) else { return try readLine(quote) }
        cursor += 3
        while cursor < bytes.count {
            if isAhead(quote, 3) {
                cursor += 3
                // One or two quotes may stand before the closing three.
                for _ in 0..<2 where peek == quote { cursor += 1 }
                return
            }
            cursor += quote == UInt8(ascii: "\"") && bytes[cursor] == UInt8(ascii: "\\") ? 2 : 1
        }
        cursor = bytes.count
        throw fault("a string has no end")
    }

    /// A string on one line.
    private mutating func readLine(_ quote: UInt8) throws(CLIFileFault) {
        cursor += 1
        while let byte = peek, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
            cursor += 1
            if byte == quote { return }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""), peek != UInt8(ascii: "\n") { cursor += 1 }
        }
        throw fault("a string has no end")
    }

    private mutating func readArray(_ depth: Int) throws(CLIFileFault) {
        cursor += 1
        while true {
            try skipLines()
            if take("]") { return }
            try readValue(depth: depth + 1)
            try skipLines()
            if take("]") { return }
            try expect(",")
        }
    }

    private mutating func readInlineTable(_ depth: Int) throws(CLIFileFault) {
        cursor += 1
        skipBlanks()
        if take("}") { return }
        while true {
            _ = try readPath()
            try expect("=")
            skipBlanks()
            try readValue(depth: depth + 1)
            skipBlanks()
            if take("}") { return }
            try expect(",")
        }
    }

    /// Truth values, numbers and dates; between a date and a time there may be one blank.
    private mutating func readBare() throws(CLIFileFault) {
        let start = cursor
        skipBareSigns()
        if cursor - start == 10, bytes[start + 4] == UInt8(ascii: "-"), peek == UInt8(ascii: " "),
            cursor + 1 < bytes.count, Self.isDigit(bytes[cursor + 1])
        {
            cursor += 1
            skipBareSigns()
        }
        let text = String(decoding: bytes[start..<cursor], as: UTF8.self)
        let sign = text.hasPrefix("+") || text.hasPrefix("-") ? 1 : 0
        let rest = text.dropFirst(sign)
        let isNumber = rest.utf8.first.map(Self.isDigit) ?? false
        guard isNumber || ["inf", "nan"].contains(rest) || ["true", "false"].contains(text) else {
            throw fault("a value is missing or unknown")
        }
    }

    private mutating func skipBareSigns() {
        while let byte = peek, Self.isOfBareKey(byte) || "+.:".utf8.contains(byte) { cursor += 1 }
    }

    // MARK: Between them

    /// What may stand behind a value or a header, up to the next line.
    mutating func endLine() throws(CLIFileFault) {
        skipBlanks()
        skipComment()
        guard try skipLineBreak() || cursor == bytes.count else { throw fault("something stands behind the value") }
    }

    /// Blanks, comments and line breaks, as they may stand in an array.
    mutating func skipLines() throws(CLIFileFault) {
        repeat { skipBlanks() } while try skipLineBreak() || skipComment()
    }

    mutating func skipBlanks() {
        while let byte = peek, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { cursor += 1 }
    }

    @discardableResult mutating func skipComment() -> Bool {
        guard peek == UInt8(ascii: "#") else { return false }
        while let byte = peek, byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") { cursor += 1 }
        return true
    }

    mutating func skipLineBreak() throws(CLIFileFault) -> Bool {
        if take("\r") {
            guard take("\n") else { throw fault("a carriage return stands alone") }
            return true
        }
        return take("\n")
    }

    var peek: UInt8? { cursor < bytes.count ? bytes[cursor] : nil }

    mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: sign) else { return false }
        cursor += 1
        return true
    }

    mutating func expect(_ sign: Unicode.Scalar) throws(CLIFileFault) {
        guard take(sign) else { throw fault("\(sign) is missing") }
    }

    private func isAhead(_ byte: UInt8, _ count: Int) -> Bool {
        cursor + count <= bytes.count && bytes[cursor..<cursor + count].allSatisfy { $0 == byte }
    }

    private func checkCharacters() throws(CLIFileFault) {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw CLIFileFault(why: "it is no UTF-8 text") }
        for (place, byte) in bytes.enumerated()
        where byte == 0x7F || byte < 0x20 && ![0x09, 0x0A, 0x0D].contains(byte) {
            throw CLIFileFault(why: "it holds a control character at byte \(place)")
        }
    }

    private func fault(_ why: String) -> CLIFileFault {
        let line = bytes[..<min(cursor, bytes.count)].count { $0 == UInt8(ascii: "\n") } + 1
        return CLIFileFault(why: "its TOML is not understood: line \(line): \(why)")
    }

    private static func isOfBareKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: isDigit(byte)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
