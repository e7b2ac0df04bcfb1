import Foundation
import IPC
import Scheduling
import Testing

@testable import Supervisor

/// What earlier versions have left beside the state, as `Fixtures/telemetry-<version>.sql` holds it.
@Suite struct TelemetryMigrationTests {
    @Test(arguments: 1..<TelemetrySchema.steps.count)
    func `what an earlier version stored is there`(version: Int) throws {
        let folder = try TemporaryFolder()
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let sql = try String(contentsOf: fixtures.appending(path: "Fixtures/telemetry-\(version).sql"), encoding: .utf8)
        let path = folder.file("telemetry.db")
        try SQLiteConnection(path: path, mode: .create).script(sql)
        let opened = try TelemetryFile(path: path).open()
        expect(opened.isEmptied, false, "emptied")
        let connection = opened.connection
        expect(try connection.integer("PRAGMA user_version"), TelemetrySchema.steps.count, "version")
        expect(try connection.integer("PRAGMA auto_vacuum"), 2, "gives room back")
        expect(try connection.text("PRAGMA integrity_check"), "ok", "integrity")
        let found = try SignatureTable.find([.init(space: 0, key: [1])], since: 0, in: connection)
        expect(found.values.map(\.value), [[0xAA, 0xBB, 0xCC]], "signature")
        expect(try SignatureTable.byteCount(in: connection), 96 + 1 + 3, "counted bytes")
        let saved = try ScheduleTables.load(wall: 1_769_000_000_000, in: connection)
        expect(saved.accounts.first?.cells.map(\.endsIn), version >= 2 ? [9_000_000] : nil, "lock")
        expect(saved.bindings.map(\.account), version >= 2 ? ["account-1"] : [], "binding")
        expect(try TrafficTable.totals(in: connection).all, version >= 3 ? 1 : 0, "records")
        expect(
            try connection.integer("SELECT sum(requests) FROM token_usage"), version >= 3 ? 1 : nil, "counted requests")
        expect(try TrafficTable.bodyByteCount(in: connection), version >= 3 ? 2 : 0, "bytes of bodies")
    }
}
