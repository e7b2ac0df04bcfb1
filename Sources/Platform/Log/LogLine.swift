/// The text of one log line.
struct LogLine {
    var level: LogLevel
    var event: String
    var message: String
    var role: String
    var fields: [(name: String, value: String)]

    /// With the priority in front that journald takes off again (sd-daemon(3)).
    var forJournal: String { "<\(level.rawValue)>" + text }

    /// With time of day (UTC) and level in words.
    func forPeople(at unixMilliseconds: Int) -> String {
        let ofDay = (unixMilliseconds % 86_400_000 + 86_400_000) % 86_400_000
        let clock = "\(two(ofDay / 3_600_000)):\(two(ofDay / 60_000 % 60)):\(two(ofDay / 1000 % 60))"
        let thousandths = String(ofDay % 1000)
        let padding = String(repeating: "0", count: 3 - thousandths.count)
        return "\(clock).\(padding)\(thousandths) \(level.name) \(text)"
    }

    /// The message as one line.
    var text: String {
        var line = role.isEmpty ? "" : "[\(role)] "
        line += "\(event): \(message)"
        for (name, value) in fields { line += " \(name)=\(Self.quoted(value))" }
        return line
    }

    /// A value at its greatest size.
    static func cut(_ value: String) -> String {
        value.utf8.count > Log.valueSizeMaxBytes ? String(value.prefix(Log.valueSizeMaxBytes / 4)) + "..." : value
    }

    /// A value as one word, or in quotes: it can neither end the line nor look like another field.
    static func quoted(_ value: String) -> String {
        let cut = Self.cut(value)
        let isPlain =
            !cut.isEmpty
            && cut.unicodeScalars.allSatisfy {
                $0.value > 0x20 && $0.value != 0x7f && $0 != "\"" && $0 != "=" && $0 != "\\"
            }
        if isPlain { return cut }
        var text = "\""
        for scalar in cut.unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\" + String(scalar)
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f: text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
