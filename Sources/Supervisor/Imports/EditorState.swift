import Glibc
import Platform

/// The editor's state database, read from a copy in the data folder: its own files are never opened by SQLite, so nothing
/// of them is locked or changed, and a file that is no sound database costs no more than the limits below.
nonisolated struct EditorState: Sendable {
    /// Where copies are made; emptied before and after each.
    let scratch: String

    /// Below the home folder.
    static let place = ".config/Antigravity/User/globalStorage/state.vscdb"
    static let magic = Array("SQLite format 3\0".utf8)
    /// A larger value in the table is no login.
    static let valueSizeMaxBytes = 4 << 20
    /// Steps of SQLite's machine for one look-up: far more than a whole scan takes.
    static let stepCountMax: CInt = 50_000_000

    func read(_ path: String) throws(ImportError) -> ImportSource {
        let bytes = try ForeignFile.read(path, sizeMaxBytes: ForeignFile.databaseSizeMaxBytes)
        let journal = path + "-wal"
        let journalBytes =
            ForeignFile.exists(journal)
            ? try ForeignFile.read(journal, sizeMaxBytes: ForeignFile.databaseSizeMaxBytes) : nil
        return try read(bytes, journal: journalBytes, name: path)
    }

    /// - Parameter name: of the source, for the operator.
    func read(_ bytes: [UInt8], journal: [UInt8]? = nil, name: String) throws(ImportError) -> ImportSource {
        guard bytes.starts(with: Self.magic) else { throw .unreadable(name, why: "it is no SQLite database") }
        try clear(name)
        defer { try? clear(name) }
        let copy = scratch + "/state.db"
        try write(bytes, to: copy, name)
        if let journal { try write(journal, to: copy + "-wal", name) }
        let values: [String: String]?
        do throws(StorageError) {
            let connection = try SQLiteConnection(path: copy, mode: .readWrite)
            try connection.distrust(valueSizeMaxBytes: Self.valueSizeMaxBytes, stepCountMax: Self.stepCountMax)
            values = try Self.values(connection)
        } catch {
            throw .unreadable(
                name, why: error == .full ? "there is no room to copy it" : "SQLite cannot read it as it should be")
        }
        guard let values else { throw .unreadable(name, why: "it has no table ItemTable") }
        return try Self.source(values, name)
    }

    /// Nil without the table.
    private static func values(_ connection: SQLiteConnection) throws(StorageError) -> [String: String]? {
        let tables = try connection.integer(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'ItemTable'")
        guard tables == 1 else { return nil }
        var values: [String: String] = [:]
        for key in [EditorLogin.newKey, EditorLogin.oldKey, EditorLogin.projectKey] {
            values[key] = try connection.text("SELECT value FROM ItemTable WHERE key = ?", [.text(key)])
        }
        return values
    }

    private static func source(_ values: [String: String], _ name: String) throws(ImportError) -> ImportSource {
        let new = values[EditorLogin.newKey]
        let old = values[EditorLogin.oldKey]
        guard new != nil || old != nil else { throw .noLogin(name) }
        guard let token = new.flatMap(EditorLogin.refreshToken(new:)) ?? old.flatMap(EditorLogin.refreshToken(old:))
        else { throw .unreadable(name, why: "its login cannot be read") }
        let email = old.flatMap(EditorLogin.email(old:))
        var source = ImportSource()
        source.add(
            ImportSource.Login(
                name: email ?? name, refreshToken: token,
                project: values[EditorLogin.projectKey].flatMap(EditorLogin.project)))
        return source
    }

    // MARK: The copy

    private func clear(_ name: String) throws(ImportError) {
        for file in ForeignFile.names(in: scratch, countMax: 100) { unlink(scratch + "/" + file) }
        guard mkdir(scratch, 0o700) == 0 || errno == EEXIST else {
            throw .unreadable(name, why: "it cannot be copied: \(SystemText.of(errno))")
        }
    }

    private func write(_ bytes: [UInt8], to path: String, _ name: String) throws(ImportError) {
        let file = FileDescriptor(owning: open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600))
        var written = 0
        while file.raw >= 0, written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file.raw, $0.baseAddress! + written, $0.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            written += count
        }
        guard file.raw >= 0, written == bytes.count else {
            throw .unreadable(name, why: "it cannot be copied: \(SystemText.of(errno))")
        }
    }
}
