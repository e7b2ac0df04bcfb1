import Testing

@testable import Supervisor

@Suite struct SQLiteConnectionTests {
    let folder: TemporaryFolder
    let connection: SQLiteConnection

    init() throws {
        folder = try TemporaryFolder()
        connection = try SQLiteConnection(path: folder.file("a?b#c%41.db"), mode: .create)
        try connection.script("CREATE TABLE t (a)")
    }

    static let texts = ["", "plain", "ü€😀", "zero \0 inside", String(repeating: "x", count: 100_000)]

    @Test(arguments: texts)
    func `text comes back as it was stored`(text: String) throws {
        try connection.run("INSERT INTO t VALUES (?)", [.text(text)])
        expect(try connection.text("SELECT a FROM t"), text, "text")
        expect(try connection.text("SELECT typeof(a) FROM t"), "text", "type")
    }

    @Test func `a transaction that throws changes nothing`() throws {
        do throws(StorageError) {
            try connection.transaction { (connection) throws(StorageError) in
                try connection.run("INSERT INTO t VALUES (1)")
                throw .closed
            }
        } catch { expect(error, .closed, "error") }
        expect(try connection.integer("SELECT count(*) FROM t"), 0, "rows")
        try connection.transaction { (connection) throws(StorageError) in try connection.run("INSERT INTO t VALUES (1)")
        }
        expect(try connection.integer("SELECT count(*) FROM t"), 1, "rows")
    }

    @Test func `a full disk is told as such, changes nothing and leaves the database usable`() throws {
        try connection.script("PRAGMA max_page_count = 10")
        do throws(StorageError) {
            try connection.transaction { (connection) throws(StorageError) in
                for _ in 0..<100 { try connection.run("INSERT INTO t VALUES (?)", [.text(Self.texts[4])]) }
            }
            Issue.record("10 pages took 10 MB")
        } catch { expect(error, .full, "error") }
        expect(try connection.integer("SELECT count(*) FROM t"), 0, "rows")
        try connection.run("INSERT INTO t VALUES ('small')")
    }

    @Test func `a path with the characters of a URI is opened as it is`() throws {
        try connection.run("INSERT INTO t VALUES (5)")
        let copy = try SQLiteConnection(path: folder.file("a?b#c%41.db"), mode: .immutable)
        expect(try copy.integer("SELECT a FROM t"), 5, "value")
        expect(try folder.names(), ["a?b#c%41.db"], "files")
    }

    @Test func `an error tells SQLite's words and no value`() throws {
        try connection.script("CREATE TABLE u (a UNIQUE)")
        try connection.run("INSERT INTO u VALUES (?)", [.text("secret-value")])
        do throws(StorageError) {
            try connection.run("INSERT INTO u VALUES (?)", [.text("secret-value")])
        } catch {
            expect(error.description.contains("secret-value"), false, error.description)
            expect(error.description.contains("UNIQUE"), true, error.description)
        }
    }
}
