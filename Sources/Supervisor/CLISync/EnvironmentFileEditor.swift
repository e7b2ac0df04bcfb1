/// One variable of a `.env` file and what it is to be; nil: gone.
nonisolated struct EnvironmentEdit: Sendable, Equatable {
    let name: String
    let value: String?
}

/// Sets variables in a `.env` file line by line, in the syntax that the `dotenv` package reads: `NAME=value`, `export`
/// before it, quoted values that may go over several lines, comments.
nonisolated enum EnvironmentFileEditor {
    private struct Entry {
        let name: String
        /// From the name to the end of the value's line, without its line break.
        let range: Range<Int>
        /// The whole of its lines.
        let lines: Range<Int>
        let value: String
    }

    /// - Returns: the same bytes if every variable is as wanted already.
    static func apply(_ edits: [EnvironmentEdit], to bytes: [UInt8]) throws(CLIFileFault) -> [UInt8] {
        var bytes = bytes
        for edit in edits { bytes = try apply(edit, to: bytes) }
        return bytes
    }

    /// What a variable is; of several lines with its name the last counts.
    static func value(of name: String, in bytes: [UInt8]) throws(CLIFileFault) -> String? {
        try entries(bytes).last { $0.name == name }?.value
    }

    private static func apply(_ edit: EnvironmentEdit, to bytes: [UInt8]) throws(CLIFileFault) -> [UInt8] {
        let found = try entries(bytes).filter { $0.name == edit.name }
        var bytes = bytes
        guard let value = edit.value else {
            for entry in found.reversed() { bytes.removeSubrange(entry.lines) }
            return bytes
        }
        let line = Array(edit.name.utf8) + [UInt8(ascii: "=")] + (try quoted(value, of: edit.name))
        for entry in found.reversed() where entry.value != value { bytes.replaceSubrange(entry.range, with: line) }
        if found.isEmpty {
            let ending = lineBreak(of: bytes)
            if let last = bytes.last, last != UInt8(ascii: "\n") { bytes += ending }
            bytes += line + ending
        }
        return bytes
    }

    /// A sign that would mean something there needs quotes, and between single quotes or back quotes nothing does.
    private static func quoted(_ value: String, of name: String) throws(CLIFileFault) -> [UInt8] {
        if value.utf8.allSatisfy(isPlain) { return Array(value.utf8) }
        guard let quote = ["'", "`"].first(where: { (quote: Character) in !value.contains(quote) }) else {
            throw CLIFileFault(why: "\(name) cannot be written there: its value holds both kinds of quotes")
        }
        return Array("\(quote)\(value)\(quote)".utf8)
    }

    // MARK: Reading

    private static func entries(_ bytes: [UInt8]) throws(CLIFileFault) -> [Entry] {
        guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else {
            throw CLIFileFault(why: "it is no text")
        }
        var entries: [Entry] = []
        var start = 0
        while start < bytes.count {
            let end = lineEnd(bytes, from: start)
            let entry = entry(bytes, start, end)
            if let entry { entries.append(entry) }
            start = entry?.lines.upperBound ?? min(end + 1, bytes.count)
        }
        return entries
    }

    private static func entry(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Entry? {
        var cursor = skipBlanks(bytes, from: start, to: end)
        if bytes[cursor..<end].starts(with: "export".utf8) {
            let behind = skipBlanks(bytes, from: cursor + 6, to: end)
            if behind > cursor + 6 { cursor = behind }
        }
        let nameStart = cursor
        while cursor < end, isOfName(bytes[cursor]) { cursor += 1 }
        let name = String(decoding: bytes[nameStart..<cursor], as: UTF8.self)
        let mark = skipBlanks(bytes, from: cursor, to: end)
        guard !name.isEmpty, mark < end else { return nil }
        let isColon = bytes[mark] == UInt8(ascii: ":") && mark + 1 < end && isBlank(bytes[mark + 1])
        guard bytes[mark] == UInt8(ascii: "=") || isColon else { return nil }
        let valueStart = skipBlanks(bytes, from: mark + 1, to: end)
        var (value, valueEnd) = unquoted(bytes, valueStart, end)
        if valueStart < end, quotes.contains(bytes[valueStart]),
            let close = closing(bytes, bytes[valueStart], from: valueStart + 1),
            case let rest = lineEnd(bytes, from: close), isNothing(bytes[close + 1..<rest])
        {
            value = String(decoding: bytes[valueStart + 1..<close], as: UTF8.self)
            valueEnd = rest
        }
        let contentEnd = valueEnd > nameStart && bytes[valueEnd - 1] == UInt8(ascii: "\r") ? valueEnd - 1 : valueEnd
        return Entry(
            name: name, range: nameStart..<contentEnd, lines: start..<min(valueEnd + 1, bytes.count), value: value)
    }

    private static func unquoted(_ bytes: [UInt8], _ start: Int, _ end: Int) -> (String, Int) {
        let stop = bytes[start..<end].firstIndex(of: UInt8(ascii: "#")) ?? end
        return (String(decoding: bytes[start..<stop], as: UTF8.self).trimmed, end)
    }

    /// The quote that closes a value, on whatever line; a backslash keeps a quote from doing so.
    private static func closing(_ bytes: [UInt8], _ quote: UInt8, from start: Int) -> Int? {
        var cursor = start
        while cursor < bytes.count {
            if bytes[cursor] == quote { return cursor }
            cursor +=
                bytes[cursor] == UInt8(ascii: "\\") && cursor + 1 < bytes.count && bytes[cursor + 1] == quote ? 2 : 1
        }
        return nil
    }

    /// Blanks and a comment.
    private static func isNothing(_ rest: ArraySlice<UInt8>) -> Bool {
        rest.first { !isBlank($0) && $0 != UInt8(ascii: "\r") }.map { $0 == UInt8(ascii: "#") } ?? true
    }

    private static func lineEnd(_ bytes: [UInt8], from start: Int) -> Int {
        bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    }

    private static func skipBlanks(_ bytes: [UInt8], from start: Int, to end: Int) -> Int {
        bytes[min(start, end)..<end].firstIndex { !isBlank($0) } ?? end
    }

    private static func lineBreak(of bytes: [UInt8]) -> [UInt8] {
        let first = lineEnd(bytes, from: 0)
        return first > 0 && first < bytes.count && bytes[first - 1] == UInt8(ascii: "\r")
            ? Array("\r\n".utf8) : [UInt8(ascii: "\n")]
    }

    private static let quotes = Array("\"'`".utf8)

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func isOfName(_ byte: UInt8) -> Bool {
        isPlain(byte) && !"/:@%+=,~".utf8.contains(byte)
    }

    /// May stand in a value without quotes.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_-./:@%+=,~".utf8.contains(byte)
        }
    }
}
