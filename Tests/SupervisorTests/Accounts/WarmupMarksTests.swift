import JSON
import Scheduling
import Testing

@testable import Supervisor

/// What is warmed up once is left alone for a while.
@Suite struct WarmupMarksTests {
    static func account(_ percentages: [String: Int], reset: String = "r1") -> Account {
        var account = Account(id: "id", kind: .codeAssist, email: "a@x.com", createdAt: 1, lastUsed: 1)
        account.quota = QuotaRecord(
            models: percentages.sorted { $0.key < $1.key }.map {
                QuotaRecord.Model(name: $0.key, percentage: $0.value, resetTime: reset)
            }, lastUpdated: 1, isForbidden: false)
        return account
    }

    static let wanted = ["gemini-3-flash", "claude-sonnet-4-5"]

    @Test func `only wanted models at exactly a hundred per cent are untouched`() {
        var marks = WarmupMarks()
        let account = Self.account(["gemini-3-flash": 100, "claude-sonnet-4-5": 99, "gemini-2.5-flash": 100])
        let items = marks.untouched(of: account, wanted: Self.wanted, keys: QuotaKeys())
        expect(items.map(\.name), ["a@x.com:gemini-3-flash:100"], "names")
    }

    @Test func `a mark holds four hours, a window once, and both a day`() throws {
        var marks = WarmupMarks()
        func item(_ reset: String) throws -> WarmupMarks.Item {
            try #require(
                marks.untouched(
                    of: Self.account(["gemini-3-flash": 100], reset: reset), wanted: Self.wanted, keys: QuotaKeys()
                ).first)
        }
        let (first, second) = (try item("r1"), try item("r2"))
        marks.note(first, now: 0)
        let hour = 3600
        let rows: [(WarmupMarks.Item, Int, Bool)] = [
            (first, 1, true), (second, 4 * hour - 1, true), (second, 4 * hour, false), (first, 4 * hour, true),
            (first, 23 * hour, true),
        ]
        for (item, now, isDone) in rows { expect(marks.isDone(item, now: now), isDone, "\(item.window) at \(now)") }
        expect(WarmupMarks(marks.json), marks, "stored and read")
        marks.forgetOld(now: 24 * hour - 1)
        expect(marks.times.isEmpty, false, "within a day")
        marks.forgetOld(now: 24 * hour)
        expect(marks.times.isEmpty, true, "after a day")
    }

    @Test func `a model that was used loses its mark`() throws {
        var marks = WarmupMarks()
        let item = try #require(
            marks.untouched(of: Self.account(["gemini-3-flash": 100]), wanted: Self.wanted, keys: QuotaKeys()).first)
        marks.note(item, now: 0)
        _ = marks.untouched(of: Self.account(["gemini-3-flash": 99]), wanted: Self.wanted, keys: QuotaKeys())
        let again = try #require(
            marks.untouched(
                of: Self.account(["gemini-3-flash": 100], reset: "r2"), wanted: Self.wanted, keys: QuotaKeys()
            )
            .first)
        expect(marks.isDone(again, now: 1), false, "a new window")
    }
}
