import Glibc
import Platform

/// A database of the program this gateway stands in for, as anybody may have left it: opened for reading alone, and with
/// limits on what its rows and its schema can cost.
nonisolated struct OriginalDatabase {
    private let connection: SQLiteConnection
    /// What is left in its journal could not be read with it.
    let isWithoutJournal: Bool

    /// A larger value ends the reading.
    static let valueSizeMaxBytes = 16 << 20
    /// Steps of SQLite's machine for one batch: far more than a batch takes.
    static let stepCountMax: CInt = 20_000_000

    /// With a journal it is opened as a copy, if it is not too large for one; else as it is, which leaves the journal out.
    init(path: String, scratch: ScratchFolder) throws(ImportError) {
        guard try ForeignFile.kind(path) == .file else { throw .unreadable(path, why: "it is no plain file") }
        guard try ForeignFile.head(path, count: EditorState.magic.count) == EditorState.magic else {
            throw .unreadable(path, why: "it is no SQLite database")
        }
        do throws(StorageError) {
            if let journal = Self.journal(path), let bytes = try? ForeignFile.read(path, sizeMaxBytes: Self.copyMax) {
                let copy = try? scratch.copy(bytes, journal: journal, name: path)
                connection = try SQLiteConnection(path: copy ?? path, mode: copy == nil ? .immutable : .readWrite)
                isWithoutJournal = copy == nil
            } else {
                connection = try SQLiteConnection(path: path, mode: .immutable)
                isWithoutJournal = Self.size(path + "-wal") > 0
            }
            try connection.distrust(valueSizeMaxBytes: Self.valueSizeMaxBytes, stepCountMax: Self.stepCountMax)
        } catch {
            throw .unreadable(path, why: "SQLite cannot read it as it should be")
        }
    }

    private static let copyMax = ForeignFile.databaseSizeMaxBytes

    private static func journal(_ path: String) -> [UInt8]? {
        guard size(path + "-wal") > 0 else { return nil }
        return try? ForeignFile.read(path + "-wal", sizeMaxBytes: copyMax)  // then it is left out, which is said
    }

    private static func size(_ path: String) -> Int {
        var status = stat()
        return lstat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The columns of a table with rows of its own; nil if there is none.
    func columns(of table: String) throws(StorageError) -> Set<String>? {
        // A virtual table and a view have no page.
        let found = try connection.rows(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ? AND rootpage > 0", [.text(table)]
        ) { (row: borrowing SQLiteRow) throws(StorageError) in row.integer(0) ?? 0 }.first
        guard found == 1 else { return nil }
        let names = try connection.rows("SELECT name FROM pragma_table_info(?)", [.text(table)]) {
            (row: borrowing SQLiteRow) throws(StorageError) in row.text(0) ?? ""
        }
        return Set(names.prefix(Self.columnCountMax))
    }

    private static let columnCountMax = 200

    /// The row behind which the newest `count` rows begin.
    func start(of table: String, newest count: Int) throws(StorageError) -> Int {
        try connection.rows(
            "SELECT rowid FROM \(table) ORDER BY rowid DESC LIMIT 1 OFFSET ?", [.integer(count)]
        ) { (row: borrowing SQLiteRow) throws(StorageError) in row.integer(0) ?? 0 }.first ?? .min
    }

    /// So many rows behind one, in order; the first cell of each is its number.
    func rows<T>(
        _ table: String, columns: [String], after row: Int, count: Int,
        _ read: (borrowing SQLiteRow) throws(StorageError) -> T
    ) throws(StorageError) -> [T] {
        try connection.rows(
            "SELECT rowid, \(columns.joined(separator: ", ")) FROM \(table) WHERE rowid > ? ORDER BY rowid LIMIT ?",
            [.integer(row), .integer(count)], read)
    }
}
