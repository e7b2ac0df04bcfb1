/// The editor's state database, read from a copy in the data folder: its own files are never opened by SQLite, so nothing
/// of them is locked or changed, and a file that is no sound database costs no more than the limits below.
nonisolated struct EditorState: Sendable {
    let scratch: ScratchFolder

    init(scratch: String) { self.scratch = ScratchFolder(path: scratch) }

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
        let copy = try scratch.copy(bytes, journal: journal, name: name)
        defer { scratch.clear() }
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
}
