import GoogleAPI
import Testing

@Suite struct DelayGrammarTests {
    static let durations: [(text: String, milliseconds: Int?)] = [
        ("500ms", 500), ("510.790006ms", 511), ("1.5s", 1500), ("1h16m0.667s", 4_560_667),
        ("2h37m22.776060443s", 9_442_777), ("9442.776060443s", 9_442_777), ("108h48m20.795762633s", 391_700_796),
        ("391609.795772632s", 391_609_796), ("120h45m2.184334124s", 434_702_185), ("2m 30s", 150_000),
        ("300ns", 1), ("250h", 691_200_000), ("99999999999999999999h", 691_200_000), ("3.957525076s", 3958),
        ("200ms", 200), ("2h1m1s", 7_261_000), ("0s", 0), ("7us", 1), ("7µs", 1), ("1000us", 1), (" 3 s ", 3000),
        ("1.0000000001s", 1001), ("1.000000000s", 1000), ("0.5h", 1_800_000),
        ("", nil), ("5", nil), ("-3s", nil), ("3x", nil), ("1s2", nil), ("NaNs", nil), ("1e3s", nil), ("s", nil),
        ("1.s", nil), (".5s", nil), ("3 months", nil), ("1s!", nil), ("+3s", nil),
        (String(repeating: "1s", count: 99), nil),
    ]

    @Test(arguments: durations)
    func `durations follow the grammar and round up to milliseconds`(text: String, milliseconds: Int?) {
        check(DelayGrammar.parse(text), milliseconds, text)
    }

    static let seconds: [(text: String, milliseconds: Int?)] = [
        ("7", 7000), ("0", 0), ("1.25", 1250), (" 30 ", 30_000), ("99999999999", 691_200_000), ("-1", nil), ("", nil),
        ("7s", nil), ("inf", nil), ("1e3", nil),
    ]

    @Test(arguments: seconds)
    func `a bare number is seconds where the place implies it`(text: String, milliseconds: Int?) {
        check(DelayGrammar.seconds(text), milliseconds, text)
    }

    @Test func `numbers of seconds round up and saturate`() {
        check(DelayGrammar.seconds(1.2001), 1201, "1.2001")
        check(DelayGrammar.seconds(0.1 + 0.2), 300, "0.3")
        check(DelayGrammar.seconds(1e300), DelayGrammar.delayMaxMilliseconds, "1e300")
        check(DelayGrammar.seconds(-0.1), nil, "-0.1")
        check(DelayGrammar.seconds(.nan), nil, "nan")
    }

    static let stamps: [(text: String, milliseconds: Int?)] = [
        ("1970-01-01T00:00:00Z", 0), ("2026-03-01T05:00:00Z", 1_772_341_200_000),
        ("2026-03-01T05:00:00.0001Z", 1_772_341_200_001), ("2026-03-01T06:00:00.25+01:00", 1_772_341_200_250),
        ("2024-02-29T23:59:60z", 1_709_251_200_000), ("2026-13-01T00:00:00Z", nil), ("2026-03-01", nil), ("", nil),
        ("2026-03-01T05:00:00", nil), ("2026-03-01T05:00:00.Z", nil), ("2026-03-01T05:00:00+1:00", nil),
    ]

    @Test(arguments: stamps)
    func `timestamps need an offset and round up`(text: String, milliseconds: Int?) {
        check(UTCTimestamp.parse(text), milliseconds, text)
    }
}

func check<Value: Equatable>(
    _ actual: Value, _ expected: Value, _ what: String = "", at location: SourceLocation = #_sourceLocation
) {
    if actual != expected { Issue.record("\(what): \(actual), expected \(expected)", sourceLocation: location) }
}
