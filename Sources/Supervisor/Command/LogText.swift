import HTTP
import JSON

/// A record of the traffic log as one line for people.
nonisolated enum LogText {
    /// - Parameter record: as the admin API gives it.
    static func line(_ record: JSONValue) -> String {
        var words = [
            time(record["timestamp"]?.int ?? 0), record["status"]?.int.map { "\($0)" } ?? "-",
            "\(record["duration"]?.int ?? 0)ms", record["method"]?.string ?? "-", record["url"]?.string ?? "-",
            model(record), record["account_email"]?.string ?? "-",
            "\(number(record["input_tokens"]))/\(number(record["output_tokens"]))",
        ]
        if let error = record["error"]?.string { words.append(String(error.prefix(errorSizeMax))) }
        return printable(words.joined(separator: " ")) + "\n"
    }

    private static let errorSizeMax = 300

    private static func model(_ record: JSONValue) -> String {
        guard let model = record["model"]?.string else { return "-" }
        guard let mapped = record["mapped_model"]?.string, mapped != model else { return model }
        return "\(model)>\(mapped)"
    }

    private static func number(_ value: JSONValue?) -> String { value?.int.map { "\($0)" } ?? "-" }

    /// What clients have sent must not steer the operator's terminal.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "?"
                    default: scalar
                    }
                }))
    }

    /// `2026-11-28T20:10:05Z` of milliseconds since 1970.
    static func time(_ milliseconds: Int) -> String {
        let seconds = milliseconds / 1000
        let ofDay = ((seconds % 86_400) + 86_400) % 86_400
        let date = CivilDate(daysSince1970: (seconds - ofDay) / 86_400)
        let (hour, minute, second) = (ofDay / 3600, ofDay / 60 % 60, ofDay % 60)
        let parts = [date.month, date.day, hour, minute, second].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(date.year)-\(parts[0])-\(parts[1])T\(parts[2]):\(parts[3]):\(parts[4])Z"
    }
}
