import Foundation
import JSON
import Testing

@testable import Supervisor

/// State that earlier versions have left, as `Fixtures/state-<version>.sql` holds it.
@Suite struct StateMigrationTests {
    /// The file of an earlier version in a folder of its own.
    static func file(of version: Int, in folder: TemporaryFolder) throws -> String {
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let sql = try String(contentsOf: fixtures.appending(path: "Fixtures/state-\(version).sql"), encoding: .utf8)
        _ = try StateFolder(folder.path)
        let path = folder.file("state.db")
        try SQLiteConnection(path: path, mode: .create).script(sql)
        return path
    }

    @Test func `every version has its file`() throws {
        for version in 1...StateSchema.steps.count {
            let folder = try TemporaryFolder()
            let opened = try StateFile(
                path: try Self.file(of: version, in: folder), backups: StateBackups(folder: folder.file("backups"))
            ).open(now: 1_000)
            expect(opened.restoredFrom, nil, "restored \(version)")
            expect(try AccountTable.all(in: opened.connection).count, 2, "accounts of \(version)")
        }
    }

    @Test(arguments: 1..<StateSchema.steps.count)
    func `what an earlier version stored is there, copied before it was changed`(version: Int) throws {
        let folder = try TemporaryFolder()
        let path = try Self.file(of: version, in: folder)
        let backups = StateBackups(folder: folder.file("backups"))
        let opened = try StateFile(path: path, backups: backups).open(now: 1_000)
        expect(try opened.connection.integer("PRAGMA user_version"), StateSchema.steps.count, "version")
        expect(opened.restoredFrom, nil, "restored")
        expect(backups.paths.count, 1, "copies")

        let accounts = try AccountTable.all(in: opened.connection)
        expect(accounts.map(\.email), ["Dev@example.com", "Home"], "order")
        expect(accounts[0].token?.refreshToken, "1//sample", "token")
        expect(accounts[0].proxyDisabled, Account.Disabling(reason: "holiday", at: 1_769_000_000), "switch")
        expect(accounts[0].quota?.models.map(\.percentage), [87], "quota")
        expect(accounts[0].protectedModels, ["gemini-3-flash"], "protected")
        expect(accounts[1].apiKey, "sample-key", "key")
        expect(try MetaTable.value(.currentAccount, in: opened.connection), accounts[0].id, "current")
        let config = try #require(try ConfigTable.load(from: opened.connection))
        expect(config.revision, 7, "revision")
        expect(config.document["unknown"]?["kept"]?.numberText, "0.40", "unknown member")

        // What is new works beside what is old.
        let profile = DeviceProfile.random()
        try DeviceTable.bind(
            DeviceVersion(profile: profile, label: .generate, at: 1), to: accounts[0].id, in: opened.connection)
        expect(try DeviceTable.baseline(in: opened.connection), profile, "baseline")
        try AccountTable.delete(accounts[0].id, from: opened.connection)
        expect(try DeviceTable.versions(of: accounts[0].id, in: opened.connection), [], "versions")
    }
}
