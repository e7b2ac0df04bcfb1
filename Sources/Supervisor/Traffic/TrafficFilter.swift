/// Which records of the traffic log are meant.
nonisolated struct TrafficFilter: Sendable, Equatable {
    /// Each must stand somewhere in the record, as it is written but for the case of ASCII letters.
    var words: [String] = []
    /// Only what failed: a status below 200 or from 400 on.
    var errorsOnly = false
    /// Only what arrived before this time, in milliseconds since 1970.
    var before: Int?

    /// Each word costs a look into every record.
    static let wordCountMax = 8

    /// nil for more words than `wordCountMax`.
    init?(text: String, errorsOnly: Bool = false, before: Int? = nil) {
        words = text.split(whereSeparator: \.isWhitespace).map { Self.lowercased($0) }
        guard words.count <= Self.wordCountMax else { return nil }
        self.errorsOnly = errorsOnly
        self.before = before
    }

    /// SQLite's lower() knows ASCII alone; so does this.
    private static func lowercased(_ text: Substring) -> String {
        String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
    }

    /// The condition, and what is bound to it.
    var condition: (sql: String, values: [SQLiteValue]) {
        var parts = Array(repeating: "instr(\(Self.text), ?) > 0", count: words.count)
        var values = words.map { SQLiteValue.text($0) }
        if errorsOnly { parts.append("(status < 200 OR status >= 400)") }
        if let before {
            parts.append("timestamp < ?")
            values.append(.integer(before))
        }
        return (parts.isEmpty ? "1" : parts.joined(separator: " AND "), values)
    }

    /// Everything that is looked into. No word holds a line break, so none is found across two members.
    private static let text: String = {
        let members = ["url", "method", "status", "model", "mapped_model", "account_email", "protocol", "error"]
        return "lower(" + members.map { "coalesce(\($0), '')" }.joined(separator: " || char(10) || ") + ")"
    }()
}
