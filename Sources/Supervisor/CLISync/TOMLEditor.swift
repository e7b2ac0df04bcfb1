/// One key of a TOML text and the value it is to have.
nonisolated struct TOMLEdit: Sendable, Equatable {
    enum Value: Sendable, Equatable {
        case text(String)
        case flag(Bool)
    }

    /// Empty: before all tables.
    let table: [String]
    let key: String
    let value: Value

    var path: [String] { table + [key] }
}

/// Sets keys in a TOML text line by line: comments, order, layout and every other key stay as they are. A text in which a
/// key stands in a way this cannot change for certain is refused.
nonisolated enum TOMLEditor {
    /// - Returns: the same bytes if every key has its value already.
    static func apply(_ edits: [TOMLEdit], to bytes: [UInt8]) throws(CLIFileFault) -> [UInt8] {
        var bytes = bytes
        for edit in edits { bytes = try apply(edit, to: bytes) }
        return bytes
    }

    /// The text of a key, however its path is split between table and key; nil if there is none, or another value.
    static func text(at path: [String], in bytes: [UInt8]) throws(CLIFileFault) -> String? {
        let scan = try TOMLScan(bytes)
        let found = scan.statements.last { statement in
            scan.path(of: statement) == path && !(statement.header.map { scan.headers[$0].isArray } ?? false)
        }
        return found.flatMap { TOMLText.decoded(bytes[$0.value]) }
    }

    private static func apply(_ edit: TOMLEdit, to bytes: [UInt8]) throws(CLIFileFault) -> [UInt8] {
        let scan = try TOMLScan(bytes)
        try check(edit, scan)
        let header = try header(of: edit, scan)
        guard edit.table.isEmpty || header != nil else { return append(edit, to: bytes) }
        let own = scan.statements.filter { $0.header == header }
        let matching = own.filter { $0.key == [edit.key] }
        guard matching.count < 2 else { throw CLIFileFault(why: "\(dotted(edit.path)) stands in it twice") }
        var bytes = bytes
        if let statement = matching.first {
            guard !isFulfilled(edit, bytes[statement.value]) else { return bytes }
            bytes.replaceSubrange(statement.value, with: written(edit.value))
            return bytes
        }
        let place = own.last?.end ?? header.map { scan.headers[$0].end } ?? 0
        let lineBreak = lineBreak(of: bytes)
        var line = Array("\(edit.key) = ".utf8) + written(edit.value) + lineBreak
        if place > 0, bytes[place - 1] != UInt8(ascii: "\n") { line = lineBreak + line }
        bytes.insert(contentsOf: line, at: place)
        return bytes
    }

    /// The one header of the edit's table; nil if there is none.
    private static func header(of edit: TOMLEdit, _ scan: TOMLScan) throws(CLIFileFault) -> Int? {
        guard !edit.table.isEmpty else { return nil }
        let found = scan.headers.indices.filter { scan.headers[$0].path == edit.table }
        guard found.count < 2 else { throw CLIFileFault(why: "[\(dotted(edit.table))] stands in it twice") }
        return found.first
    }

    /// Refuses what would be another meaning of the same names: tables where a value belongs, values where a table does,
    /// and tables that are spelled as dotted keys.
    private static func check(_ edit: TOMLEdit, _ scan: TOMLScan) throws(CLIFileFault) {
        for header in scan.headers {
            let isAbove = edit.path.starts(with: header.path)
            guard !(header.isArray && isAbove), !header.path.starts(with: edit.path) else {
                throw CLIFileFault(why: "[\(dotted(header.path))] is another kind of table than expected")
            }
        }
        for statement in scan.statements {
            let path = scan.path(of: statement)
            let table = statement.header.map { scan.headers[$0].path } ?? []
            // An element of an array of tables elsewhere.
            if let header = statement.header, scan.headers[header].isArray { continue }
            let isOwn = table == edit.table && statement.key == [edit.key]
            let isInTheWay = edit.path.starts(with: path) || path.starts(with: edit.path)
            let isDottedTable = path.starts(with: edit.table) && !table.starts(with: edit.table)
            guard isOwn || !isInTheWay && !isDottedTable else {
                throw CLIFileFault(why: "\(dotted(path)) is written in a form that cannot be changed line by line")
            }
        }
    }

    private static func append(_ edit: TOMLEdit, to bytes: [UInt8]) -> [UInt8] {
        let lineBreak = lineBreak(of: bytes)
        var bytes = bytes
        if let last = bytes.last {
            if last != UInt8(ascii: "\n") { bytes += lineBreak }
            bytes += lineBreak
        }
        return bytes + Array("[\(dotted(edit.table))]".utf8) + lineBreak + Array("\(edit.key) = ".utf8)
            + written(edit.value) + lineBreak
    }

    private static func isFulfilled(_ edit: TOMLEdit, _ value: ArraySlice<UInt8>) -> Bool {
        switch edit.value {
        case .text(let text): TOMLText.decoded(value) == text
        case .flag: Array(value) == written(edit.value)
        }
    }

    private static func written(_ value: TOMLEdit.Value) -> [UInt8] {
        switch value {
        case .text(let text): TOMLText.quoted(text)
        case .flag(let flag): Array(flag ? "true".utf8 : "false".utf8)
        }
    }

    /// That of the first line.
    private static func lineBreak(of bytes: [UInt8]) -> [UInt8] {
        guard let place = bytes.firstIndex(of: UInt8(ascii: "\n")), place > 0, bytes[place - 1] == UInt8(ascii: "\r")
        else { return [UInt8(ascii: "\n")] }
        return Array("\r\n".utf8)
    }

    /// Our own names are bare keys.
    private static func dotted(_ path: [String]) -> String { path.joined(separator: ".") }
}
