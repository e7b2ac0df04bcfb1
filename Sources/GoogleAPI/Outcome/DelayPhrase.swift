/// Delays in running text: "Please retry in 12.5s", "reset after 2h3m4s", "try again in 30 seconds".
enum DelayPhrase {
    private static let openings = [
        "reset after ", "resets after ", "reset in ", "resets in ", "retry in ", "retry after ", "try again in ",
        "try again after ", "backoff for ", "(wait ",
    ].map { Array($0.utf8) }

    private static let words: [(name: [UInt8], milliseconds: Int)] = [
        (Array("sec".utf8), 1_000), (Array("min".utf8), 60_000), (Array("hour".utf8), 3_600_000),
    ]

    private static let lengthMaxBytes = 4096

    /// The longest delay that the text names; nil if it names none.
    static func find(in text: String) -> Int? {
        let bytes = text.utf8.prefix(lengthMaxBytes).map(lowered)
        var longest: Int?
        for start in bytes.indices {
            for opening in openings where bytes[start] == opening[0] && bytes[start...].starts(with: opening) {
                var at = start + opening.count
                guard let delay = delay(bytes, &at) else { continue }
                longest = max(longest ?? 0, delay)
            }
        }
        return longest
    }

    /// A duration of the grammar, or a number followed by a word for the unit.
    private static func delay(_ bytes: [UInt8], _ at: inout Int) -> Int? {
        var next = at
        if let delay = DelayGrammar.scan(bytes, &next) {
            at = next
            return delay
        }
        DelayGrammar.skipBlanks(bytes, &at)
        guard let number = DelayGrammar.number(bytes, &at) else { return nil }
        DelayGrammar.skipBlanks(bytes, &at)
        guard let word = words.first(where: { bytes[at...].starts(with: $0.name) }) else { return nil }
        let (whole, overflow) = number.whole.multipliedReportingOverflow(by: word.milliseconds)
        guard !overflow, whole < DelayGrammar.delayMaxMilliseconds else { return DelayGrammar.delayMaxMilliseconds }
        let (fraction, rest) = (number.billionths * word.milliseconds).quotientAndRemainder(dividingBy: 1_000_000_000)
        return min(whole + fraction + (rest > 0 || number.hasRest ? 1 : 0), DelayGrammar.delayMaxMilliseconds)
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
