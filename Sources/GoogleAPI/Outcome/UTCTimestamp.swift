/// RFC 3339 timestamps, the only form in which upstream names a point in time.
public enum UTCTimestamp {
    /// Milliseconds since 1970, rounded up; nil if the text is no complete timestamp with an offset.
    public static func parse(_ text: String) -> Int? {
        let bytes = Array(text.utf8.prefix(65))
        guard bytes.count >= 20, bytes.count <= 64,
            let year = number(bytes, 0, 4), bytes[4] == UInt8(ascii: "-"),
            let month = number(bytes, 5, 2), bytes[7] == UInt8(ascii: "-"),
            let day = number(bytes, 8, 2), "Tt ".utf8.contains(bytes[10]),
            let hour = number(bytes, 11, 2), bytes[13] == UInt8(ascii: ":"),
            let minute = number(bytes, 14, 2), bytes[16] == UInt8(ascii: ":"),
            let second = number(bytes, 17, 2),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var at = 19
        var milliseconds = 0
        if bytes[at] == UInt8(ascii: ".") {
            at += 1
            let start = at
            while at < bytes.count, number(bytes, at, 1) != nil { at += 1 }
            guard at > start else { return nil }
            milliseconds = roundedUp(bytes[start..<at])
        }
        guard let offset = offsetSeconds(bytes, at) else { return nil }
        let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
        return seconds * 1000 + milliseconds
    }

    private static func roundedUp(_ fraction: ArraySlice<UInt8>) -> Int {
        var value = 0
        for index in 0..<3 {
            let at = fraction.startIndex + index
            value = value * 10 + (at < fraction.endIndex ? Int(fraction[at] - UInt8(ascii: "0")) : 0)
        }
        return value + (fraction.dropFirst(3).contains { $0 != UInt8(ascii: "0") } ? 1 : 0)
    }

    private static func offsetSeconds(_ bytes: [UInt8], _ at: Int) -> Int? {
        guard at < bytes.count else { return nil }
        if bytes[at] | 0x20 == UInt8(ascii: "z") { return at + 1 == bytes.count ? 0 : nil }
        guard bytes.count == at + 6, bytes[at + 3] == UInt8(ascii: ":"),
            let hours = number(bytes, at + 1, 2), let minutes = number(bytes, at + 4, 2), hours < 24, minutes < 60
        else { return nil }
        switch bytes[at] {
        case UInt8(ascii: "+"): return hours * 3_600 + minutes * 60
        case UInt8(ascii: "-"): return -(hours * 3_600 + minutes * 60)
        default: return nil
        }
    }

    private static func number(_ bytes: [UInt8], _ at: Int, _ count: Int) -> Int? {
        var value = 0
        for byte in bytes[at..<at + count] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }

    /// Days from 1970-01-01 in the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
