/// Durations as upstream writes them: one or more `number unit` with optional blanks, units `h m s ms us µs ns`.
///
/// All results are whole milliseconds, rounded up, at most `delayMaxMilliseconds`.
public enum DelayGrammar {
    /// Longer delays count as this: eight days.
    public static let delayMaxMilliseconds = 691_200_000

    /// Nil for anything that is not a whole duration: empty, negative, a bare number, trailing junk.
    public static func parse(_ text: some StringProtocol) -> Int? {
        let bytes = Array(text.utf8.prefix(lengthMaxBytes + 1))
        guard bytes.count <= lengthMaxBytes else { return nil }
        var at = 0
        skipBlanks(bytes, &at)
        guard let result = scan(bytes, &at) else { return nil }
        skipBlanks(bytes, &at)
        return at == bytes.count ? result : nil
    }

    /// A bare number of seconds, integer or decimal, where the place implies the unit.
    public static func seconds(_ text: some StringProtocol) -> Int? {
        let bytes = Array(text.utf8.prefix(lengthMaxBytes + 1))
        guard bytes.count <= lengthMaxBytes else { return nil }
        var at = 0
        skipBlanks(bytes, &at)
        guard let number = number(bytes, &at) else { return nil }
        skipBlanks(bytes, &at)
        guard at == bytes.count else { return nil }
        var sum = Sum()
        sum.add(number, nanosecondsPerUnit: 1_000_000_000)
        return sum.milliseconds
    }

    /// The value of a JSON number of seconds; nil if negative or not finite.
    public static func seconds(_ value: Double) -> Int? {
        guard value.isFinite, value >= 0 else { return nil }
        // Rounded up by hand: `rounded(_:)` would make this room need the C mathematics library.
        let milliseconds = value * 1000 - 1e-6
        guard milliseconds > 0 else { return 0 }
        guard milliseconds < Double(delayMaxMilliseconds) else { return delayMaxMilliseconds }
        let whole = Int(milliseconds)
        return Double(whole) < milliseconds ? whole + 1 : whole
    }

    static let lengthMaxBytes = 128

    /// Reads a duration at `at` and stops behind its last unit; nil, with `at` anywhere, if there is none.
    static func scan(_ bytes: [UInt8], _ at: inout Int) -> Int? {
        var sum = Sum()
        var isAny = false
        while true {
            var next = at
            if isAny { skipBlanks(bytes, &next) }
            guard let number = number(bytes, &next) else { break }
            skipBlanks(bytes, &next)
            guard let unit = unit(bytes, &next) else {
                // "1s2": digits without a unit stay unread, so that the caller sees the junk.
                break
            }
            sum.add(number, nanosecondsPerUnit: unit)
            at = next
            isAny = true
        }
        return isAny ? sum.milliseconds : nil
    }

    static func skipBlanks(_ bytes: [UInt8], _ at: inout Int) {
        while at < bytes.count, bytes[at] == UInt8(ascii: " ") || bytes[at] == UInt8(ascii: "\t") { at += 1 }
    }

    /// Digits with an optional fraction. A fraction's digits beyond the ninth only decide the rounding.
    static func number(_ bytes: [UInt8], _ at: inout Int) -> Number? {
        var next = at
        var whole = 0
        let start = next
        while next < bytes.count, let digit = digit(bytes[next]) {
            whole = min(whole * 10 + digit, wholeMax)
            next += 1
        }
        guard next > start else { return nil }
        var fraction = 0
        var hasRest = false
        if next + 1 < bytes.count, bytes[next] == UInt8(ascii: "."), digit(bytes[next + 1]) != nil {
            next += 1
            var scale = 100_000_000
            while next < bytes.count, let digit = digit(bytes[next]) {
                if scale > 0 { fraction += digit * scale } else if digit > 0 { hasRest = true }
                scale /= 10
                next += 1
            }
        }
        at = next
        return Number(whole: whole, billionths: fraction, hasRest: hasRest)
    }

    struct Number {
        var whole: Int
        var billionths: Int
        /// Something smaller than a billionth follows.
        var hasRest: Bool
    }

    /// Far above eight days in nanoseconds, far below overflow when multiplied by ten.
    private static let wholeMax = 1_000_000_000_000_000

    private static func digit(_ byte: UInt8) -> Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte - UInt8(ascii: "0")) : nil
    }

    /// Two-letter units before one-letter ones: `500ms` is not 500 minutes.
    private static let units: [(name: [UInt8], nanoseconds: Int)] = [
        (Array("ms".utf8), 1_000_000), (Array("us".utf8), 1_000), (Array("µs".utf8), 1_000),
        (Array("μs".utf8), 1_000), (Array("ns".utf8), 1), (Array("h".utf8), 3_600_000_000_000),
        (Array("m".utf8), 60_000_000_000), (Array("s".utf8), 1_000_000_000),
    ]

    private static func unit(_ bytes: [UInt8], _ at: inout Int) -> Int? {
        for unit in units where bytes[at...].starts(with: unit.name) {
            let end = at + unit.name.count
            // A unit ends where its word ends: "3 months" is no duration.
            if end < bytes.count, isLetter(bytes[end]) { continue }
            at = end
            return unit.nanoseconds
        }
        return nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// Adds up nanoseconds without overflow.
    private struct Sum {
        private var nanoseconds = 0
        private var hasRest = false
        private static let nanosecondsMax = DelayGrammar.delayMaxMilliseconds * 1_000_000

        mutating func add(_ number: Number, nanosecondsPerUnit unit: Int) {
            let (whole, overflow) = number.whole.multipliedReportingOverflow(by: unit)
            // billionths * unit may exceed 63 bits for hours: split into quotient and remainder of the unit.
            let billion = 1_000_000_000
            let high = (unit / billion) * number.billionths
            let low = (unit % billion) * number.billionths
            if number.hasRest || low % billion != 0 { hasRest = true }
            let sum = overflow ? Self.nanosecondsMax : min(whole, Self.nanosecondsMax)
            nanoseconds = min(nanoseconds + sum + high + low / billion, Self.nanosecondsMax)
        }

        var milliseconds: Int {
            let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
            let rounded = quotient + (remainder > 0 || hasRest ? 1 : 0)
            return min(rounded, DelayGrammar.delayMaxMilliseconds)
        }
    }
}
