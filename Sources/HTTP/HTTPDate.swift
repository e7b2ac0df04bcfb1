/// Dates of HTTP fields (RFC 9110 section 5.6.7), always in Greenwich time.
public enum HTTPDate {
    private static let dayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    public static func format(unixSeconds: Int) -> String {
        let days = unixSeconds.quotient(flooring: 86400)
        let second = unixSeconds - days * 86400
        let date = CivilDate(daysSince1970: days)
        let weekday = dayNames[(days + 4) - (days + 4).quotient(flooring: 7) * 7]
        let time = "\(padded(second / 3600)):\(padded(second / 60 % 60)):\(padded(second % 60))"
        return "\(weekday), \(padded(date.day)) \(monthNames[date.month - 1]) \(date.year) \(time) GMT"
    }

    /// Seconds since 1970 of any of the three forms a recipient must know: the fixed one, RFC 850's and asctime's.
    public static func parse(_ text: String) -> Int? {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "-" })
        switch words.count {
        case 6 where words[5] == "GMT": return seconds(day: words[1], month: words[2], year: words[3], time: words[4])
        case 5: return seconds(day: words[2], month: words[1], year: words[4], time: words[3])
        default: return nil
        }
    }

    private static func seconds(day: Substring, month: Substring, year: Substring, time: Substring) -> Int? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { number($0, max: 60) }
        guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2], hour < 24,
            minute < 60, let day = number(day, max: 31), day > 0, var year = number(year, max: 9999),
            let month = monthNames.firstIndex(where: { $0 == month })
        else { return nil }
        // Two digits are RFC 850's; what would lie far ahead is of the last century.
        if year < 100 { year += year < 70 ? 2000 : 1900 }
        let days = CivilDate(year: year, month: month + 1, day: day).daysSince1970
        return days * 86400 + hour * 3600 + minute * 60 + second
    }

    private static func number(_ text: Substring, max: Int) -> Int? {
        guard text.utf8.allSatisfy(ASCII.isDigit), let value = Int(text), value <= max else { return nil }
        return value
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
