import Glibc
import Platform
import Testing

@testable import Platform

@Suite struct ValueTests {
    @Test func `instants and durations convert without overflow`() {
        let start = MonotonicInstant(nanoseconds: 5_000_000_000)
        check((start + .milliseconds(1500)).nanoseconds, 6_500_000_000, "plus")
        check((start + .seconds(-2)).nanoseconds, 3_000_000_000, "plus a negative")
        check((start - .seconds(9)).nanoseconds, 0, "not before zero")
        check((start + .seconds(Int64.max)).nanoseconds, .max, "not beyond the end")
        check(MonotonicInstant(nanoseconds: 1) - start, .nanoseconds(-4_999_999_999), "difference")
        check(Duration.seconds(-1).nanosecondsClamped, 0, "negative")
        check(Duration.milliseconds(1999).milliseconds, 1999, "milliseconds")
        check(abs(WallClock.unixMilliseconds / 1000 - WallClock.unixSeconds) <= 1, true, "one clock")
    }

    @Test func `identifiers have their form and do not repeat`() {
        let ids = (0..<200).map { _ in RandomID.uuid() }
        check(Set(ids).count, 200, "different")
        for id in ids {
            let groups = id.split(separator: "-")
            check(groups.map(\.count), [8, 4, 4, 4, 12], id)
            check(groups[2].first, "4", "version of \(id)")
            check("89ab".contains(groups[3].first ?? "?"), true, "variant of \(id)")
            check(id.allSatisfy { $0.isHexDigit && !$0.isUppercase || $0 == "-" }, true, "digits of \(id)")
        }
        let letters = RandomID.alphanumerics(20000)
        check(letters.count, 20000, "length")
        check(Set(letters).count, 62, "alphabet")
        check(RandomID.bytes(33).count, 33, "bytes")
    }

    @Test func `ordered identifiers follow their time and each other, also when the clock goes back`() {
        var maker = OrderedUUIDs()
        let times: [UInt64] = [
            1_790_000_000_000, 1_790_000_000_000, 1_790_000_000_001, 1_700_000_000_000, 1_790_000_000_002,
        ]
        let ids = times.map { maker.next(unixMilliseconds: $0).text }
        check(Set(ids).count, ids.count, "different")
        check(ids, ids.sorted(), "in order")
        for id in ids {
            check(id.split(separator: "-").map(\.count), [8, 4, 4, 4, 12], id)
            check(id.dropFirst(14).first, "7", "version of \(id)")
            check("89ab".contains(id.dropFirst(19).first ?? "?"), true, "variant of \(id)")
        }
        check(ids[0].prefix(13), "01a0c450-6c00", "time")
        var other = OrderedUUIDs()
        check(other.next(unixMilliseconds: times[0]).text == ids[0], false, "another start, another name")
    }

    @Test func `every digit of an identifier stands in its place`() {
        for shift in stride(from: 0, to: 128, by: 4) {
            let (high, low): (UInt64, UInt64) =
                shift < 64 ? (0xf << UInt64(60 - shift), 0) : (0, 0xf << UInt64(124 - shift))
            let digits = String(repeating: "0", count: shift / 4) + "f" + String(repeating: "0", count: 31 - shift / 4)
            check(OrderedUUID(high: high, low: low).text.filter { $0 != "-" }, digits, "\(shift)")
        }
        let id = OrderedUUID(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210)
        check(id.text, "01234567-89ab-cdef-fedc-ba9876543210", "text")
        var written = [UInt8](repeating: 0, count: 40)
        written.withUnsafeMutableBytes { id.write(into: $0) }
        check(String(decoding: written, as: UTF8.self), id.text + "\0\0\0\0", "only its own bytes are written")
    }

    nonisolated static let lines: [(value: String, text: String)] = [
        ("plain", "plain"), ("", "\"\""), ("two words", "\"two words\""), ("a=b", "\"a=b\""), ("x\"y", "\"x\\\"y\""),
        ("one\ntwo", "\"one\\ntwo\""), ("\u{1b}[31m", "\"\\u{1b}[31m\""), ("back\\slash", "\"back\\\\slash\""),
        ("grün", "grün"),
    ]

    @Test(arguments: lines)
    func `no value of a log field can end the line or pose as another field`(line: (value: String, text: String)) {
        let subject = LogLine(
            level: .warning, event: "account-locked", message: "account locked", role: "worker 1",
            fields: [("reason", line.value), ("seconds", "3")])
        check(
            subject.forJournal, "<4>[worker 1] account-locked: account locked reason=\(line.text) seconds=3", "journal")
        check(
            subject.forPeople(at: 1_700_000_000_042),
            "22:13:20.042 warning [worker 1] account-locked: account locked reason=\(line.text) seconds=3", "people")
    }

    @Test func `journald gets fields, and no value can pose as another field`() throws {
        let path = "/tmp/\(RandomID.alphanumerics(12)).journal"
        defer { unlink(path) }
        let address = try #require(SocketAddress(path: path))
        let server = FileDescriptor(owning: socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0))
        check(address.withPointer { bind(server.raw, $0, $1) }, 0, "bind")
        let journal = try #require(JournalSocket(path: path))
        defer { close(journal.raw) }
        let line = LogLine(
            level: .warning, event: "account-locked", message: "account locked", role: "worker 1",
            fields: [("account", "12345678"), ("re-ason", "a\nPRIORITY=0")])
        check(journal.send(line), true, "taken")
        var bytes = [UInt8](repeating: 0, count: 1000)
        let count = recv(server.raw, &bytes, bytes.count, 0)
        check(
            String(decoding: bytes[..<max(0, count)], as: UTF8.self),
            "MESSAGE=[worker 1] account-locked: account locked account=12345678 re-ason=\"a\\nPRIORITY=0\"\nPRIORITY=4\n"
                + "SYSLOG_IDENTIFIER=antigravity-worker\nMESSAGE_ID=\(line.messageID)\nAG_EVENT=account-locked\n"
                + "AG_WORKER=1\nAG_ACCOUNT=12345678\nAG_RE_ASON\n\u{c}\0\0\0\0\0\0\0a\nPRIORITY=0\n", "entry")
        check(line.messageID, "40e6dec30eb85ccaa40ee3391700267d", "of this event for good")
        check(JournalSocket(path: path + ".none") == nil, true, "no journald")
    }

    @Test func `levels are read as people write them, and admit what matters more`() {
        for level in LogLevel.allCases { check(LogLevel(name: level.name.uppercased()), level, level.name) }
        check(LogLevel(name: "warn"), .warning, "warn")
        check(LogLevel(name: "loud"), nil, "loud")
        check(LogLevel.error < .debug, true, "order")
    }
}
