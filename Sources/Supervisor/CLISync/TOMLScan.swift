/// Where the statements of a TOML text stand. Understands the syntax of TOML 1.0 as far as needed to tell keys, values and
/// tables apart for certain; a text beyond that is refused as a whole.
nonisolated struct TOMLScan {
    struct Header: Equatable {
        let path: [String]
        /// `[[path]]`: one more element of an array of tables.
        let isArray: Bool
        /// Behind the line break of the header's line.
        let end: Int
    }

    struct Statement: Equatable {
        /// Position in `headers` of the table it stands in; nil: before all of them.
        let header: Int?
        /// As written, in its parts.
        let key: [String]
        let value: Range<Int>
        /// Behind the line break of its last line.
        let end: Int
    }

    private(set) var headers: [Header] = []
    private(set) var statements: [Statement] = []

    init(_ bytes: [UInt8]) throws(CLIFileFault) {
        var reader = try TOMLReader(bytes)
        while !reader.isAtEnd {
            reader.skipBlanks()
            if try reader.skipLineBreak() || reader.skipComment() { continue }
            guard let byte = reader.peek else { break }
            try byte == UInt8(ascii: "[") ? readHeader(&reader) : readStatement(&reader)
        }
    }

    /// The whole path of a statement, its table's included.
    func path(of statement: Statement) -> [String] {
        (statement.header.map { headers[$0].path } ?? []) + statement.key
    }

    // MARK: Lines

    private mutating func readHeader(_ reader: inout TOMLReader) throws(CLIFileFault) {
        try reader.expect("[")
        let isArray = reader.take("[")
        let path = try reader.readPath()
        for _ in 0..<(isArray ? 2 : 1) { try reader.expect("]") }
        try reader.endLine()
        headers.append(Header(path: path, isArray: isArray, end: reader.cursor))
    }

    private mutating func readStatement(_ reader: inout TOMLReader) throws(CLIFileFault) {
        let key = try reader.readPath()
        try reader.expect("=")
        reader.skipBlanks()
        let value = try reader.readValue()
        try reader.endLine()
        let header = headers.isEmpty ? nil : headers.count - 1
        statements.append(Statement(header: header, key: key, value: value, end: reader.cursor))
    }
}
