import HTTP

/// The rule of a time zone for the years to come, in the form of the variable TZ (POSIX, "Other Environment Variables"):
/// `CET-1CEST,M3.5.0,M10.5.0/3`.
nonisolated struct TimeZoneRule: Sendable, Equatable {
    /// A moment of every year, by the clock that holds before it.
    struct Change: Sendable, Equatable {
        enum Day: Sendable, Equatable {
            /// The nth such day of the week of a month, 5 being the last; Sunday is 0.
            case weekday(month: Int, week: Int, day: Int)
            /// 1 to 365; February has 28 days.
            case withoutLeap(Int)
            /// 0 to 365.
            case ofYear(Int)
        }

        var day: Day
        /// Seconds from midnight; may be negative or beyond the day.
        var seconds: Int

        /// Seconds from 1970 on that clock.
        func localTime(in year: Int) -> Int { daysSince1970(in: year) * 86_400 + seconds }

        private func daysSince1970(in year: Int) -> Int {
            let firstOfYear = CivilDate(year: year, month: 1, day: 1).daysSince1970
            switch day {
            case .ofYear(let day): return firstOfYear + day
            case .withoutLeap(let day):
                let isLeap = CivilDate(year: year, month: 3, day: 1).daysSince1970 - firstOfYear == 60
                return firstOfYear + day - (isLeap && day >= 60 ? 0 : 1)
            case .weekday(let month, let week, let wanted):
                let first = CivilDate(year: year, month: month, day: 1).daysSince1970
                let next =
                    month == 12
                    ? CivilDate(year: year + 1, month: 1, day: 1) : CivilDate(year: year, month: month + 1, day: 1)
                // 1970 began on a Thursday, which is 4.
                let weekday = ((first + 4) % 7 + 7) % 7
                var day = first + (wanted - weekday + 7) % 7 + (week - 1) * 7
                while day >= next.daysSince1970 { day -= 7 }
                return day
            }
        }
    }

    /// Seconds east of UTC.
    var standard: Int
    var summer: (offset: Int, begins: Change, ends: Change)?

    static func == (left: Self, right: Self) -> Bool {
        left.standard == right.standard && left.summer?.offset == right.summer?.offset
            && left.summer?.begins == right.summer?.begins && left.summer?.ends == right.summer?.ends
    }

    func offset(at time: Int) -> Int {
        guard let summer else { return standard }
        let local = time + standard
        let year = CivilDate(daysSince1970: (local - ((local % 86_400) + 86_400) % 86_400) / 86_400).year
        let begins = summer.begins.localTime(in: year) - standard
        let ends = summer.ends.localTime(in: year) - summer.offset
        let isSummer = begins < ends ? (begins..<ends).contains(time) : !(ends..<begins).contains(time)
        return isSummer ? summer.offset : standard
    }

    /// nil for what is no such rule, the empty text among them.
    init?(_ text: String) {
        var reader = Reader(text)
        guard reader.skipName(), let west = reader.time() else { return nil }
        standard = -west
        guard !reader.isAtEnd else { return }
        guard reader.skipName() else { return nil }
        var offset = standard + 3600
        if reader.next != UInt8(ascii: ","), !reader.isAtEnd {
            guard let west = reader.time() else { return nil }
            offset = -west
        }
        guard let begins = reader.change(), let ends = reader.change(), reader.isAtEnd else { return nil }
        summer = (offset, begins, ends)
    }

    private struct Reader {
        private var rest: ArraySlice<UInt8>

        init(_ text: String) { rest = Array(text.utf8)[...] }

        var isAtEnd: Bool { rest.isEmpty }
        var next: UInt8? { rest.first }

        private mutating func take(_ byte: Character) -> Bool {
            guard let ascii = byte.asciiValue, rest.first == ascii else { return false }
            rest.removeFirst()
            return true
        }

        /// `CET`, or `<+0330>`.
        mutating func skipName() -> Bool {
            if take("<") {
                guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
                rest = rest[(end + 1)...]
                return true
            }
            let before = rest.count
            rest = rest.drop { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
            return before - rest.count >= 3
        }

        private mutating func number(_ range: ClosedRange<Int>) -> Int? {
            let digits = rest.prefix(4).prefix { (0x30...0x39).contains($0) }
            guard let value = Int(String(decoding: digits, as: UTF8.self)), range.contains(value) else { return nil }
            rest = rest.dropFirst(digits.count)
            return value
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func time() -> Int? {
            let sign = take("-") ? -1 : 1
            if sign == 1 { _ = take("+") }
            guard let hours = number(0...167) else { return nil }
            var seconds = hours * 3600
            for unit in [60, 1] where take(":") {
                guard let part = number(0...59) else { return nil }
                seconds += part * unit
            }
            return sign * seconds
        }

        /// `,M3.5.0/2`, `,J60` or `,59`.
        mutating func change() -> Change? {
            guard take(","), let day = day() else { return nil }
            guard take("/") else { return Change(day: day, seconds: 7200) }
            return time().map { Change(day: day, seconds: $0) }
        }

        private mutating func day() -> Change.Day? {
            if take("J") { return number(1...365).map { .withoutLeap($0) } }
            guard take("M") else { return number(0...365).map { .ofYear($0) } }
            guard let month = number(1...12), take("."), let week = number(1...5), take("."), let day = number(0...6)
            else { return nil }
            return .weekday(month: month, week: week, day: day)
        }
    }
}
