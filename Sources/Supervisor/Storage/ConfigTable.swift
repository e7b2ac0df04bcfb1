import JSON

/// The one row of the configuration document.
nonisolated enum ConfigTable {
    struct Row: Sendable {
        let revision: Int
        let document: JSONObject
    }

    static func load(from connection: SQLiteConnection) throws(StorageError) -> Row? {
        let rows = try connection.rows("SELECT revision, document FROM config WHERE id = 1") {
            (row: borrowing SQLiteRow) throws(StorageError) in
            (row.integer(0) ?? 0, row.text(1) ?? "")
        }
        guard let (revision, text) = rows.first else { return nil }
        guard case .object(let document)? = try? JSONValue(parsing: Array(text.utf8)) else {
            throw .unreadable(table: "config", what: "the document is not a JSON object")
        }
        return Row(revision: revision, document: document)
    }

    static func save(_ row: Row, to connection: SQLiteConnection) throws(StorageError) {
        let text = String(decoding: JSONValue.object(row.document).serialized, as: UTF8.self)
        try connection.run(
            """
            INSERT INTO config (id, revision, document) VALUES (1, ?, ?)
            ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, document = excluded.document
            """, [.integer(row.revision), .text(text)])
    }
}
