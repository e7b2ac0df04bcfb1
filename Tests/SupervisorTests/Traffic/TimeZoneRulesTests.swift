import Foundation
import Testing

@testable import Supervisor

/// Time zones are read as the system means them.
@Suite struct TimeZoneRulesTests {
    @Test(
        arguments: [
            "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Asia/Kolkata", "Australia/Lord_Howe",
            "Pacific/Auckland", "America/Sao_Paulo", "Africa/Casablanca", "Pacific/Apia", "Etc/GMT+5",
        ])
    func `every zone agrees with Foundation's reading of it`(name: String) throws {
        let rules = try #require(TimeZoneRules.named(name))
        let zone = try #require(TimeZone(identifier: name))
        for time in stride(from: 946_684_800, to: 2_114_380_800, by: 86_400 * 3 + 4500) {
            let expected = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time)))
            #expect(rules.offset(at: time) == expected, "\(time)")
        }
    }

    @Test(
        arguments: [
            "", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe", "Europe/", "Europe//Berlin",
            "tzdata.zi", "-x", "Europe/Berlin\0", String(repeating: "a", count: 65),
        ])
    func `what is no zone is none`(name: String) { #expect(TimeZoneRules.named(name) == nil) }

    @Test func `a file of any length is read or refused`() throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Europe/Berlin")))
        #expect(TimeZoneRules(parsing: bytes) != nil)
        for count in 0..<bytes.count { _ = TimeZoneRules(parsing: Array(bytes.prefix(count))) }
        for index in stride(from: 0, to: bytes.count, by: 7) {
            var damaged = bytes
            damaged[index] ^= 0xff
            _ = TimeZoneRules(parsing: damaged)?.offset(at: 1_790_000_000)
        }
    }

    @Test(
        arguments: [
            ("CET-1CEST,M3.5.0,M10.5.0/3", 1_774_745_999, 3600), ("CET-1CEST,M3.5.0,M10.5.0/3", 1_774_746_000, 7200),
            ("NZST-12NZDT,M9.5.0,M4.1.0/3", 1_767_225_600, 46_800), ("<+0545>-5:45", 1_790_000_000, 20_700),
            ("EST5EDT,M3.2.0,M11.1.0", 1_767_225_600, -18_000), ("EST5EDT4,J60,J300/1:30", 1_782_000_000, -14_400),
        ])
    func `the rule for the years to come is kept`(text: String, time: Int, offset: Int) throws {
        #expect(try #require(TimeZoneRule(text)).offset(at: time) == offset)
    }

    @Test(arguments: [
        "", "C", "CET", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M1.1.1", "<+05", "CET-1CEST,M3.5.0,M10.5.0/3x",
    ])
    func `a rule that cannot be read is none`(text: String) { #expect(TimeZoneRule(text) == nil) }

    @Test func `hours, days and weeks begin by the clock of the zone`() throws {
        let zone = try #require(TimeZoneRules.named("Asia/Kathmandu"))
        // 2026-01-05 05:15 there, a Monday.
        let time = 1_767_569_400
        #expect(zone.startOfHour(time) == time - 900)
        #expect(zone.startOfDay(time) == time - 5 * 3600 - 900)
        #expect(zone.startOfWeek(time) == time - 5 * 3600 - 900)
        #expect(TimeZoneRules.utc.startOfWeek(time) == time - 6 * 86_400 - 23 * 3600 - 1800)
        let berlin = try #require(TimeZoneRules.named("Europe/Berlin"))
        // Noon of the day on which summer time begins.
        #expect(berlin.startOfDay(1_774_778_400) == 1_774_738_800)
    }
}
