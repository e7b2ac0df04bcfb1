import Foundation
import JSON
import Testing

@testable import Supervisor

/// state.db as a file: made, locked, damaged, restored, never silently emptied.
@Suite struct StateFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    var backups: StateBackups { StateBackups(folder: folder.file("backups")) }

    func open(now: Int = 1_000) throws(StorageError) -> StateFile.Opened {
        _ = try StateFolder(folder.path)
        return try StateFile(path: folder.file("state.db"), backups: backups).open(now: now)
    }

    /// Stores a document and closes the file.
    func store(_ theme: String, backUpAt time: Int? = nil) throws {
        let opened = try open()
        try ConfigTable.save(ConfigTable.Row(revision: 7, document: ["theme": .string(theme)]), to: opened.connection)
        if let time { try backups.make(of: opened.connection, now: time) }
    }

    func storedTheme(_ opened: StateFile.Opened) throws -> String? {
        try ConfigTable.load(from: opened.connection)?.document["theme"]?.string
    }

    func damage(_ name: String) throws {
        let file = try #require(FileHandle(forWritingAtPath: folder.file(name)))
        let size = try file.seekToEnd()
        try file.seek(toOffset: 1_024)
        try file.write(contentsOf: Data((1_024..<max(2_048, size)).map { UInt8(truncatingIfNeeded: $0 &* 31) }))
        try file.close()
    }

    func failure(_ body: () throws(StorageError) -> Void) -> StorageError? {
        do throws(StorageError) { try body() } catch { return error }
        return nil
    }

    @Test func `a first start makes a database of the program's version, for its owner alone`() throws {
        let opened = try open()
        expect(try opened.connection.integer("PRAGMA user_version"), StateSchema.steps.count, "version")
        expect(try opened.connection.integer("PRAGMA application_id"), StateSchema.applicationID, "application")
        expect(try opened.connection.text("PRAGMA journal_mode"), "wal", "journal")
        expect(try opened.connection.integer("PRAGMA synchronous"), 2, "synchronous FULL")
        for name in ["state.db", "state.db-wal", "lock"] { expect(try folder.mode(name), 0o600, name) }
        expect(opened.restoredFrom, nil, "restored")
    }

    @Test func `a folder and files that others can read are closed to them`() throws {
        try store("dark")
        for (name, mode) in [("", 0o755), ("state.db", 0o644), ("backups", 0o777)] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.file(name))
        }
        _ = try open()
        expect(
            [try folder.mode(""), try folder.mode("state.db"), try folder.mode("backups")], [0o700, 0o600, 0o700],
            "modes")
    }

    @Test func `the data folder serves one supervisor at a time`() throws {
        let first = try StateFolder(folder.path)
        let second = failure { () throws(StorageError) in _ = try StateFolder(folder.path) }
        expect(second, .locked(path: first.path), "second")
    }

    @Test func `a folder behind a symbolic link is used by its real path`() throws {
        let link = folder.path + "-link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path)
        defer { try? FileManager.default.removeItem(atPath: link) }
        let database = try Database(dataDirectory: link)
        withExtendedLifetime(database) {}
        expect(try folder.names().contains("state.db"), true, "state.db")
    }

    @Test func `a folder that cannot be made says so`() throws {
        try folder.write("", to: "file")
        guard case .folder? = failure({ () throws(StorageError) in _ = try StateFolder(folder.file("file/below")) })
        else {
            Issue.record("a folder below a file")
            return
        }
    }

    @Test func `a damaged database is moved aside and the newest sound backup takes its place`() throws {
        try store("older", backUpAt: 1_000)
        try store("newer", backUpAt: 2_000)
        try store("lost")
        try backups.make(of: try open().connection, now: 3_000)
        try damage("backups/state-000000003000.db")
        try damage("state.db")
        let opened = try open(now: 4_000)
        expect(try storedTheme(opened), "newer", "theme")
        expect(opened.restoredFrom?.hasSuffix("state-000000002000.db"), true, "backup")
        expect(try folder.names().contains("state.db.corrupt-4000"), true, "moved aside")
    }

    @Test func `a damaged database without a backup stops the start and stays where it is`() throws {
        try store("dark")
        try damage("state.db")
        let before = try Data(contentsOf: URL(filePath: folder.file("state.db")))
        guard case .damaged? = failure({ () throws(StorageError) in _ = try open() }) else {
            Issue.record("a damaged file was opened")
            return
        }
        expect(try Data(contentsOf: URL(filePath: folder.file("state.db"))), before, "content")
        expect(try folder.names().contains { $0.contains("corrupt") }, false, "moved aside")
    }

    @Test func `what is no database at all counts as damaged`() throws {
        try folder.write(String(repeating: "this is no database\n", count: 100), to: "state.db")
        guard case .damaged? = failure({ () throws(StorageError) in _ = try open() }) else {
            Issue.record("text was opened")
            return
        }
    }

    @Test func `a missing database beside backups is restored, not begun anew`() throws {
        try store("kept", backUpAt: 1_000)
        for name in try folder.names() where name.hasPrefix("state.db") {
            try FileManager.default.removeItem(atPath: folder.file(name))
        }
        expect(try storedTheme(try open()), "kept", "theme")
    }

    @Test func `the database of a newer version and of another program are refused and left alone`() throws {
        try store("dark")
        try open().connection.script("PRAGMA user_version = 999")
        expect(
            failure { () throws(StorageError) in _ = try open() },
            .newerVersion(found: 999, known: StateSchema.steps.count), "newer")
        try FileManager.default.removeItem(atPath: folder.file("state.db"))
        for name in ["state.db-wal", "state.db-shm"] { try? FileManager.default.removeItem(atPath: folder.file(name)) }
        let other = try SQLiteConnection(path: folder.file("state.db"), mode: .create)
        try other.script("PRAGMA application_id = 5; CREATE TABLE t (a)")
        expect(
            failure { () throws(StorageError) in _ = try open() }, .foreignFile(path: folder.file("state.db")), "other")
    }

    @Test func `seven backups are kept, the newest ones`() throws {
        let connection = try open().connection
        for time in 1...9 { try backups.make(of: connection, now: time * 86_400) }
        expect(backups.paths.count, 7, "count")
        expect(backups.newestTime, 9 * 86_400, "newest")
        expect(backups.paths.last?.hasSuffix("state-\(String(repeating: "0", count: 6))259200.db"), true, "oldest")
        expect(try folder.mode("backups/" + (try folder.names(in: "backups"))[0]), 0o600, "mode")
    }
}
