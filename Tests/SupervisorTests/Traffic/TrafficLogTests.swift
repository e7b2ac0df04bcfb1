import Foundation
import IPC
import Testing

@testable import Supervisor

/// The tables of the traffic log and the token statistics, with rows in a file.
@Suite @MainActor struct TrafficLogTests {
    private static let now = 1_790_000_000
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func opened() async -> Telemetry {
        let telemetry = Telemetry(path: folder.file("telemetry.db"))
        await telemetry.open()
        return telemetry
    }

    private func insert(_ records: [ExchangeRecord], _ telemetry: Telemetry) async {
        let batch = TrafficExample.batch(records)
        _ = await telemetry.run { (connection) throws(StorageError) in
            try TrafficTable.insert(batch, in: connection)
            try TokenTable.insert(TokenUses(batch), in: connection)
        }
    }

    private func integer(_ sql: String, _ telemetry: Telemetry) async -> Int? {
        await telemetry.run { (connection) throws(StorageError) in try connection.integer(sql) } ?? nil
    }

    private func log(_ telemetry: Telemetry, _ change: (inout TrafficLog.Limits) -> Void = { _ in }) -> TrafficLog {
        var limits = TrafficLog.Limits()
        change(&limits)
        return TrafficLog(telemetry, limits: limits, email: { _ in nil }, now: { Self.now })
    }

    @Test func `old records go after thirty days, and their bodies with them`() async {
        let telemetry = await opened()
        let day = 86_400
        await insert((0..<40).map { TrafficExample.record($0, at: Self.now - $0 * day, body: "body") }, telemetry)
        await log(telemetry).tidy()
        #expect(await integer("SELECT count(*) FROM request_logs", telemetry) == 31)
        #expect(await integer("SELECT count(*) FROM request_bodies", telemetry) == 31)
        #expect(await integer("SELECT bytes FROM request_body_total", telemetry) == 31 * 4)
        #expect(await integer("SELECT count(*) FROM token_usage", telemetry) == 40)
        await telemetry.close()
    }

    @Test func `beyond their number the oldest records go, in steps`() async {
        let telemetry = await opened()
        await insert((0..<1300).map { TrafficExample.record($0, at: Self.now - $0) }, telemetry)
        await log(telemetry) { $0.recordCount = 100 }.tidy()
        #expect(await integer("SELECT count(*) FROM request_logs", telemetry) == 100)
        #expect(await integer("SELECT min(timestamp) / 1000 FROM request_logs", telemetry) == Self.now - 99)
        await telemetry.close()
    }

    @Test func `bodies beyond their bytes go first, and their records stay`() async {
        let telemetry = await opened()
        await insert((0..<500).map { TrafficExample.record($0, at: Self.now, body: "0123456789") }, telemetry)
        await log(telemetry) { $0.bodyBytes = 3000 }.tidy()
        #expect(await integer("SELECT count(*) FROM request_logs", telemetry) == 500)
        #expect((await integer("SELECT bytes FROM request_body_total", telemetry) ?? 9999) <= 3000)
        #expect(await integer("SELECT min(seq) FROM request_bodies", telemetry) == 201)
        await telemetry.close()
    }

    @Test func `single uses go after four hundred days, sums of hours stay`() async {
        let telemetry = await opened()
        let day = 86_400
        await insert([0, 399, 401, 900].map { TrafficExample.record($0, at: Self.now - $0 * day) }, telemetry)
        await log(telemetry).tidy()
        #expect(await integer("SELECT count(*) FROM token_usage", telemetry) == 2)
        #expect(await integer("SELECT sum(request_count) FROM token_stats_hourly", telemetry) == 4)
        await telemetry.close()
    }

    @Test("damage of records and of bodies shows when they are looked through", arguments: [nil, "x"])
    func damaged(body: String?) async throws {
        let telemetry = await opened()
        await insert(
            (0..<400).map { TrafficExample.record($0, body: body.map { String(repeating: $0, count: 3_000) }) },
            telemetry)
        await telemetry.close()
        let path = folder.file("telemetry.db")
        let connection = try SQLiteConnection(path: path, mode: .readWrite)
        let table = body == nil ? "request_logs" : "request_bodies"
        let page = try #require(try connection.integer("SELECT rootpage FROM sqlite_schema WHERE name = '\(table)'"))
        let size = try #require(try connection.integer("PRAGMA page_size"))
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seek(toOffset: UInt64((page - 1) * size))
        try file.write(contentsOf: Data(repeating: 0x5a, count: size))
        try file.close()
        let again = await opened()
        #expect(!again.isEmptied)
        await TrafficLog(again, email: { _ in nil }).check()
        #expect(again.isEmptied)
        await again.close()
    }

    @Test func `uses of one second are stored as one, and every request of them counts`() async {
        let telemetry = await opened()
        var records = (0..<50).map { _ in TrafficExample.record() }
        records += [
            TrafficExample.record(model: nil), TrafficExample.record(account: "b"),
            TrafficExample.record(at: 1_790_000_001),
        ]
        await insert(records, telemetry)
        #expect(await integer("SELECT count(*) FROM token_usage", telemetry) == 4)
        #expect(await integer("SELECT sum(requests) FROM token_usage", telemetry) == 53)
        #expect(await integer("SELECT sum(total_tokens) FROM token_usage", telemetry) == 53 * 15)
        #expect(await integer("SELECT max(request_count) FROM token_stats_hourly", telemetry) == 52)
        #expect(await integer("SELECT sum(total_tokens) FROM token_stats_hourly", telemetry) == 53 * 15)
        await telemetry.close()
    }

    @Test(
        arguments: [
            ((10, 5), "a", 1, 15), ((10, nil), "a", 1, 10), ((nil, 5), "a", 1, 5), ((nil, nil), "a", 0, 0),
            ((10, 5), nil, 0, 0),
        ] as [((Int?, Int?), String?, Int, Int)])
    func `a request counts when its account and one of its numbers are known`(
        tokens: (Int?, Int?), account: String?, count: Int, total: Int
    ) async {
        let telemetry = await opened()
        await insert([TrafficExample.record(account: account, tokens: tokens)], telemetry)
        for table in ["token_usage", "token_stats_hourly"] {
            #expect(await integer("SELECT count(*) FROM \(table)", telemetry) == count)
            #expect(await integer("SELECT coalesce(sum(total_tokens), 0) FROM \(table)", telemetry) == total)
        }
        await telemetry.close()
    }

    @Test(
        arguments: [
            ("", 4), ("messages", 4), ("MESSAGES", 4), ("500", 1), ("quota", 1), ("a@ messages", 4), ("b@", 0),
            ("%", 0), ("_", 0), ("n=3", 1), ("post anthropic", 4), ("messagespost", 0), ("'", 0), ("\"", 0),
        ])
    func `every word of a filter is taken literally and must be somewhere`(text: String, expected: Int) async throws {
        let telemetry = await opened()
        await insert(
            (1...4).map { TrafficExample.record($0, status: $0 == 2 ? 500 : 200, error: $0 == 2 ? "Quota gone" : nil) },
            telemetry)
        let filter = try #require(TrafficFilter(text: text))
        let counted = await telemetry.run { (connection) throws(StorageError) in
            try TrafficTable.count(filter, in: connection)
        }
        #expect(counted == expected)
        await telemetry.close()
    }

    @Test func `of records of one moment the last stored comes first`() async throws {
        let telemetry = await opened()
        await insert((1...5).map { TrafficExample.record($0) }, telemetry)
        let filter = try #require(TrafficFilter(text: ""))
        let found = await telemetry.run { (connection) throws(StorageError) in
            try TrafficTable.list(filter, limit: 3, offset: 1, in: connection)
        }
        #expect(found?.map(\.requestID) == ["req_4", "req_3", "req_2"])
        await telemetry.close()
    }

    @Test func `without a database records are dropped and counted, and a look is refused`() async {
        let telemetry = Telemetry(path: folder.file("no/telemetry.db"))
        let log = log(telemetry)
        for number in 0..<10 { log.note(.example(number), worker: 0) }
        await #expect(throws: AdminError.self) {
            try await log.read { (connection) throws(StorageError) in try TrafficTable.lastRow(in: connection) }
        }
        #expect(log.droppedRecords == 10 && log.waitingBytes == 0)
        #expect(await log.clear() == nil)
    }

    @Test(arguments: [true, false])
    func `switched off, records are not kept and tokens are counted`(isEnabled: Bool) async {
        let telemetry = await opened()
        let log = TrafficLog(telemetry, email: { $0 + "@example.com" }, now: { Self.now })
        log.isEnabled = isEnabled
        log.note(.example(1), worker: 0)
        await log.settle()
        #expect(await integer("SELECT count(*) FROM request_logs", telemetry) == (isEnabled ? 1 : 0))
        #expect(await integer("SELECT count(*) FROM token_usage", telemetry) == 1)
        await telemetry.close()
    }

    @Test func `the sums of a zone are those of its own days and weeks`() async throws {
        let telemetry = await opened()
        // 2026-01-04 23:30 UTC, a Sunday: already Monday in Kathmandu (+5:45).
        let sunday = 1_767_569_400
        await insert([TrafficExample.record(1, at: sunday), TrafficExample.record(2, at: sunday + 3600)], telemetry)
        let kathmandu = try #require(TimeZoneRules.named("Asia/Kathmandu"))
        func periods(_ period: TokenQuestion.Period, _ zone: TimeZoneRules) async -> [String] {
            let question = TokenQuestion(
                start: zone.startOfHour(sunday - 86_400), end: sunday + 7200, period: period, zone: zone)
            let sums = await telemetry.run { (connection) throws(StorageError) in
                try TokenTable.sums(question, in: connection)
            }
            return (sums ?? []).map { "\($0.period) \($0.requests)" }.sorted()
        }
        #expect(await periods(.day, .utc) == ["2026-01-04 1", "2026-01-05 1"])
        #expect(await periods(.day, kathmandu) == ["2026-01-05 2"])
        #expect(await periods(.week, .utc) == ["2026-W00 1", "2026-W01 1"])
        #expect(await periods(.week, kathmandu) == ["2026-W01 2"])
        #expect(await periods(.hour, kathmandu) == ["2026-01-05 05:00 1", "2026-01-05 06:00 1"])
        await telemetry.close()
    }
}
