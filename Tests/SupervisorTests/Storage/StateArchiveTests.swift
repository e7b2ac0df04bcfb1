import Foundation
import JSON
import Testing

@testable import Supervisor

/// Copies of the state in the operator's hands.
@Suite struct StateArchiveTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    func store(_ theme: String) throws {
        let backups = StateBackups(folder: folder.file("backups"))
        _ = try StateFolder(folder.path)
        let opened = try StateFile(path: folder.file("state.db"), backups: backups).open(now: 1_000)
        try ConfigTable.save(ConfigTable.Row(revision: 7, document: ["theme": .string(theme)]), to: opened.connection)
    }

    func theme() throws -> String? {
        let connection = try SQLiteConnection(path: folder.file("state.db"), mode: .readWrite)
        return try ConfigTable.load(from: connection)?.document["theme"]?.string
    }

    func archive() throws(StorageError) -> StateArchive { try StateArchive(dataDirectory: folder.path) }

    func failure(_ body: () throws(StorageError) -> Void) -> StorageError? {
        do throws(StorageError) { try body() } catch { return error }
        return nil
    }

    func damage(_ image: [UInt8]) -> [UInt8] {
        image.prefix(1_024) + (1_024..<image.count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    }

    @Test func `a copy is one file that needs no journal, whatever the state has`() throws {
        try store("dark")
        let image = try archive().image()
        try Data(image).write(to: URL(filePath: folder.file("copy.db")))
        let copy = try SQLiteConnection(path: folder.file("copy.db"), mode: .immutable)
        expect(try copy.text("PRAGMA integrity_check"), "ok", "integrity")
        expect(try ConfigTable.load(from: copy)?.document["theme"]?.string, "dark", "theme")
        expect(Array(image[18...19]), [1, 1], "file format")
    }

    @Test func `a copy takes in what stands in the journal alone`() throws {
        try store("dark")
        let writer = try SQLiteConnection(path: folder.file("state.db"), mode: .readWrite)
        _ = try writer.text("PRAGMA journal_mode = WAL")
        try ConfigTable.save(ConfigTable.Row(revision: 8, document: ["theme": "journal"]), to: writer)
        let image = try writer.image()
        try Data(image).write(to: URL(filePath: folder.file("copy.db")))
        let copy = try SQLiteConnection(path: folder.file("copy.db"), mode: .immutable)
        expect(try ConfigTable.load(from: copy)?.document["theme"]?.string, "journal", "theme")
    }

    @Test func `a restored copy takes the place of the state, which becomes the newest backup`() throws {
        try store("old")
        let image = try archive().image()
        try store("new")
        let kept = try archive().restore(image, now: 5_000)
        expect(try theme(), "old", "theme")
        expect(kept?.hasSuffix("backups/state-000000005000.db"), true, "kept")
        let backup = try SQLiteConnection(path: try #require(kept), mode: .immutable)
        expect(try ConfigTable.load(from: backup)?.document["theme"]?.string, "new", "backup")
        expect(try folder.mode("state.db"), 0o600, "mode")
        expect(try folder.names().filter { $0.contains("restoring") || $0.contains("wal") }, [], "left over")
    }

    @Test func `a copy goes into an empty folder too`() throws {
        try store("dark")
        let image = try archive().image()
        let other = try TemporaryFolder()
        expect(try StateArchive(dataDirectory: other.path).restore(image, now: 1), nil, "nothing was there")
        expect(try other.names(), ["backups", "lock", "state.db"], "files")
    }

    @Test func `a damaged state is moved aside by a restore, not copied`() throws {
        try store("dark")
        let image = try archive().image()
        try Data(damage(image)).write(to: URL(filePath: folder.file("state.db")))
        expect(try archive().inspect()?.damage == nil, false, "damage")
        expect(try archive().restore(image, now: 7)?.hasSuffix("state.db.corrupt-7"), true, "kept")
        expect(try theme(), "dark", "theme")
        expect(try folder.names(in: "backups"), [], "backups")
    }

    @Test(
        "a copy that is damaged, newer, another program's or none is refused, and nothing is changed",
        arguments: [
            "damaged", "cut", "newer", "other", "text", "empty",
        ])
    func refused(how: String) throws {
        try store("kept")
        let image = try archive().image()
        var wrong = image
        switch how {
        case "damaged": wrong = damage(image)
        case "cut": wrong = Array(image.prefix(image.count / 2))
        case "text": wrong = Array("no database".utf8)
        case "empty": wrong = []
        default:
            let path = folder.file("made.db")
            try Data(image).write(to: URL(filePath: path))
            try SQLiteConnection(path: path, mode: .readWrite).script(
                how == "newer" ? "PRAGMA user_version = 99" : "PRAGMA application_id = 5")
            wrong = Array(try Data(contentsOf: URL(filePath: path)))
            try FileManager.default.removeItem(atPath: path)
        }
        let before = try folder.names()
        let error = failure { () throws(StorageError) in _ = try archive().restore(wrong, now: 1) }
        switch how {
        case "newer": expect(error, .newerVersion(found: 99, known: StateSchema.steps.count), "newer")
        case "other":
            expect(error, .foreignFile(path: folder.file("state.db.restoring")), "other")
        default:
            guard case .damaged? = error else {
                Issue.record("\(how): \(String(describing: error))")
                return
            }
        }
        expect(try folder.names(), before, "files")
        expect(try theme(), "kept", "theme")
    }

    @Test func `nothing is done to a folder that a supervisor has`() throws {
        try store("dark")
        let running = try StateFolder(folder.path)
        expect(failure { () throws(StorageError) in _ = try archive() }, .locked(path: running.path), "locked")
    }
}
