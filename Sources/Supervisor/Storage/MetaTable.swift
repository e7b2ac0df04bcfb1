/// Single facts of the state, by name.
nonisolated enum MetaTable {
    enum Name: String, Sendable {
        case currentAccount = "current_account"
        /// What was warmed up lately.
        case warmups = "warmup_history"
        /// The first device profile that was bound on this installation.
        case originalDevice = "device_original"
        /// The folder of another program whose traffic is still to be taken over.
        case originalFolder = "original_folder"
    }

    static func value(_ name: Name, in connection: SQLiteConnection) throws(StorageError) -> String? {
        try connection.text("SELECT value FROM meta WHERE name = ?", [.text(name.rawValue)])
    }

    /// Stores a value; nil removes it.
    static func set(_ name: Name, to value: String?, in connection: SQLiteConnection) throws(StorageError) {
        guard let value else { return try connection.run("DELETE FROM meta WHERE name = ?", [.text(name.rawValue)]) }
        try connection.run(
            "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [.text(name.rawValue), .text(value)])
    }
}
