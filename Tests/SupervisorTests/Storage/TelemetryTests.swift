import Foundation
import IPC
import Testing

@testable import Supervisor

/// telemetry.db as a file: it may be lost, never in silence, and never holds up anything.
@Suite @MainActor struct TelemetryTests {
    let folder: TemporaryFolder
    var path: String { folder.file("telemetry.db") }

    init() throws { folder = try TemporaryFolder() }

    private func opened() async -> Telemetry {
        let telemetry = Telemetry(path: path)
        await telemetry.open()
        return telemetry
    }

    private func integer(_ sql: String, _ telemetry: Telemetry) async -> Int? {
        await telemetry.run { (connection) throws(StorageError) in try connection.integer(sql) } ?? nil
    }

    private func keepOne(_ telemetry: Telemetry) async {
        _ = await telemetry.run { (connection) throws(StorageError) in
            try SignatureTable.apply(
                [
                    .keep(
                        .init(space: 0, key: [1]),
                        SignatureRecord(family: "f", value: Array(repeating: 1, count: 5_000), usedAt: 1))
                ], in: connection)
        }
    }

    @Test func `a new file is made with a journal of its own and gives room back in steps`() async throws {
        let telemetry = await opened()
        #expect(await integer("PRAGMA auto_vacuum", telemetry) == 2)
        #expect(await integer("PRAGMA synchronous", telemetry) == 1)
        #expect(await integer("PRAGMA user_version", telemetry) == TelemetrySchema.steps.count)
        #expect(await integer("PRAGMA application_id", telemetry) == TelemetrySchema.applicationID)
        #expect(try folder.names().contains("telemetry.db-wal"))
        await telemetry.close()
    }

    @Test func `before it is opened and after it is closed there is no answer and no wait`() async {
        let telemetry = Telemetry(path: path)
        #expect(await integer("SELECT 1", telemetry) == nil)
        await telemetry.open()
        #expect(await integer("SELECT 1", telemetry) == 1)
        await telemetry.close()
        #expect(await integer("SELECT 1", telemetry) == nil)
    }

    @Test func `a file that cannot be opened is tried again, and the trouble shows until it can`() async throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let telemetry = Telemetry(path: path, retryInterval: .milliseconds(30))
        await telemetry.open()
        #expect(telemetry.isRefused)
        try FileManager.default.removeItem(atPath: path)
        #expect(await integer("SELECT 1", telemetry) == nil, "not with each question")
        try await Task.sleep(for: .milliseconds(40))
        #expect(await integer("SELECT 1", telemetry) == 1)
        #expect(!telemetry.isRefused && !telemetry.isEmptied)
        await telemetry.close()
        try await Task.sleep(for: .milliseconds(40))
        #expect(await integer("SELECT 1", telemetry) == nil, "closed for good")
    }

    @Test("a file that cannot be used is put aside, and an empty one takes its place", arguments: ["text", "newer"])
    func lost(how: String) async throws {
        if how == "text" {
            try folder.write(String(repeating: "no database ", count: 1_000), to: "telemetry.db")
        } else {
            let telemetry = await opened()
            await keepOne(telemetry)
            _ = await integer("PRAGMA user_version = 99", telemetry)
            await telemetry.close()
        }
        try folder.write("an older one", to: "telemetry.db.lost")
        let before = try Data(contentsOf: URL(filePath: path))
        let telemetry = await opened()
        #expect(await integer("SELECT count(*) FROM signatures", telemetry) == 0)
        #expect(try Data(contentsOf: URL(filePath: folder.file("telemetry.db.lost"))) == before)
        await telemetry.close()
    }

    @Test func `damage that shows while it is used starts it empty, and it goes on`() async throws {
        let telemetry = await opened()
        for _ in 0..<3 { await keepOne(telemetry) }
        await telemetry.close()
        let file = try #require(FileHandle(forWritingAtPath: path))
        let size = try file.seekToEnd()
        try file.seek(toOffset: 4_096)
        try file.write(contentsOf: Data(repeating: 0x5a, count: Int(size) - 4_096))
        try file.close()
        let again = await opened()
        let found = await again.run { (connection) throws(StorageError) in
            try SignatureTable.find([.init(space: 0, key: [1])], since: 0, in: connection)
        }
        #expect(found?.isEmpty ?? true)
        await keepOne(again)
        #expect(await integer("SELECT count(*) FROM signatures", again) == 1)
        #expect(try folder.names().contains("telemetry.db.lost"))
        await again.close()
    }

    @Test func `freed room goes back to the disk`() async throws {
        let telemetry = await opened()
        await keepOne(telemetry)
        let before = try #require(await integer("PRAGMA page_count", telemetry))
        _ = await telemetry.run { (connection) throws(StorageError) in
            try SignatureTable.removeOldest(1, in: connection)
        }
        await telemetry.shrink(pagesMax: 100)
        let after = try #require(await integer("PRAGMA page_count", telemetry))
        #expect(after < before)
        await telemetry.close()
    }
}
