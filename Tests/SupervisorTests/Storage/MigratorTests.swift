import Testing

@testable import Supervisor

/// Migrations: each whole or not at all.
@Suite struct MigratorTests {
    static let steps = [
        Migration(number: 1, name: "one", sql: "CREATE TABLE a (x); INSERT INTO a VALUES (1);"),
        Migration(number: 2, name: "two", sql: "ALTER TABLE a ADD COLUMN y; CREATE TABLE b (z); UPDATE a SET y = 2;"),
        Migration(number: 3, name: "three", sql: "CREATE INDEX i ON b (z);"),
    ]

    static func schema(_ connection: SQLiteConnection) throws -> [String] {
        try connection.rows("SELECT sql FROM sqlite_schema ORDER BY name") {
            (row: borrowing SQLiteRow) throws(StorageError) in row.text(0) ?? ""
        }
    }

    @Test(arguments: 0...3)
    func `a database of every earlier version ends up with the same schema`(start: Int) throws {
        let folder = try TemporaryFolder()
        let fresh = try SQLiteConnection(path: folder.file("fresh.db"), mode: .create)
        try Migrator.migrate(fresh, Self.steps)
        let old = try SQLiteConnection(path: folder.file("old.db"), mode: .create)
        if start > 0 { try Migrator.migrate(old, Array(Self.steps.prefix(start))) }
        try Migrator.migrate(old, Self.steps)
        expect(try Self.schema(old), try Self.schema(fresh), "schema")
        expect(try old.integer("PRAGMA user_version"), 3, "version")
        try Migrator.migrate(old, Self.steps)
    }

    /// A step that fails at its last statement is what a kill in the middle leaves: nothing.
    @Test func `a step that breaks off leaves nothing behind and runs again`() throws {
        let folder = try TemporaryFolder()
        let broken = Self.steps.map { step in
            step.number == 2
                ? Migration(number: 2, name: step.name, sql: step.sql + " INSERT INTO nowhere VALUES (1);") : step
        }
        do {
            let connection = try SQLiteConnection(path: folder.file("state.db"), mode: .create)
            do throws(StorageError) {
                try Migrator.migrate(connection, broken)
                Issue.record("a broken step passed")
            } catch {}
            expect(try connection.integer("PRAGMA user_version"), 1, "version after the break")
            expect(try Self.schema(connection).count, 1, "tables after the break")
        }
        let connection = try SQLiteConnection(path: folder.file("state.db"), mode: .readWrite)
        try Migrator.migrate(connection, Self.steps)
        expect(try connection.integer("PRAGMA user_version"), 3, "version")
        expect(try connection.integer("SELECT y FROM a"), 2, "row")
    }

    @Test func `a version above the known ones is refused`() throws {
        let folder = try TemporaryFolder()
        let connection = try SQLiteConnection(path: folder.file("state.db"), mode: .create)
        try connection.script("PRAGMA user_version = 9")
        do throws(StorageError) {
            try Migrator.migrate(connection, Self.steps)
            Issue.record("opened")
        } catch {
            expect(error, .newerVersion(found: 9, known: 3), "error")
        }
    }
}
