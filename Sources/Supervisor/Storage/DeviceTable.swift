import JSON

/// The rows of `device_versions`, and the profile that was bound first of all on this installation.
nonisolated enum DeviceTable {
    /// Versions kept of an account; beyond them the oldest that is not current goes.
    static let versionsMax = 100

    /// An account's versions, oldest first. A row whose profile cannot be read is left out.
    static func versions(of account: String, in connection: SQLiteConnection) throws(StorageError) -> [DeviceVersion] {
        try connection.rows(
            """
            SELECT id, created_at, label, profile, is_current FROM device_versions
            WHERE account_id = ? ORDER BY number
            """, [.text(account)]
        ) { (row: borrowing SQLiteRow) throws(StorageError) in version(row) }.compactMap(\.self)
    }

    /// Adds a version and makes it the current one. The first profile of all becomes the baseline.
    static func bind(
        _ version: DeviceVersion, to account: String, in connection: SQLiteConnection
    ) throws(StorageError) {
        try setCurrent(nil, of: account, in: connection)
        try connection.run(
            """
            INSERT INTO device_versions (id, account_id, created_at, label, profile, is_current)
            VALUES (?, ?, ?, ?, ?, 1)
            """,
            [
                .text(version.id), .text(account), .integer(version.createdAt), .text(version.label),
                .text(text(version.profile)),
            ])
        try connection.run(
            """
            DELETE FROM device_versions WHERE account_id = ?1 AND is_current = 0 AND number <=
                (SELECT number FROM device_versions WHERE account_id = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)
            """, [.text(account), .integer(versionsMax)])
        if try baseline(in: connection) == nil {
            try MetaTable.set(.originalDevice, to: text(version.profile), in: connection)
        }
    }

    /// Marks one version as the current one; nil: none is.
    static func setCurrent(
        _ id: String?, of account: String, in connection: SQLiteConnection
    ) throws(StorageError) {
        try connection.run(
            "UPDATE device_versions SET is_current = (id = ?) WHERE account_id = ?", [.text(id ?? ""), .text(account)])
    }

    static func hasCurrent(_ account: String, in connection: SQLiteConnection) throws(StorageError) -> Bool {
        try versions(of: account, in: connection).contains(where: \.isCurrent)
    }

    /// Deletes a version unless it is the current one.
    ///
    /// - Returns: whether it was deleted.
    static func delete(_ id: String, of account: String, in connection: SQLiteConnection) throws(StorageError) -> Bool {
        try connection.run(
            "DELETE FROM device_versions WHERE id = ? AND account_id = ? AND is_current = 0",
            [.text(id), .text(account)])
        return try connection.integer("SELECT changes()") == 1
    }

    /// The first profile that was ever bound here; never overwritten.
    static func baseline(in connection: SQLiteConnection) throws(StorageError) -> DeviceProfile? {
        profile(try MetaTable.value(.originalDevice, in: connection))
    }

    private static func version(_ row: borrowing SQLiteRow) -> DeviceVersion? {
        guard let id = row.text(0), let profile = profile(row.text(3)) else { return nil }
        return DeviceVersion(
            id: id, createdAt: row.integer(1) ?? 0, label: row.text(2) ?? "", profile: profile, isCurrent: row.flag(4))
    }

    private static func profile(_ text: String?) -> DeviceProfile? {
        guard let text else { return nil }
        // What cannot be read counts as not there: see the type.
        return (try? JSONValue(parsing: Array(text.utf8))).flatMap { DeviceProfile($0) }
    }

    private static func text(_ profile: DeviceProfile) -> String {
        String(decoding: profile.json.serialized, as: UTF8.self)
    }
}
