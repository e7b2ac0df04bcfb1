/// The rows of `cli_files`: files of clients that were made here, with what was written.
nonisolated enum CLIFileTable {
    static func all(in connection: SQLiteConnection) throws(StorageError) -> CreatedFiles {
        var files = CreatedFiles()
        let rows = try connection.rows(
            "SELECT path, digest FROM cli_files", []
        ) { (row: borrowing SQLiteRow) throws(StorageError) in (row.text(0) ?? "", row.text(1) ?? "") }
        for (path, digest) in rows { files.digests[path] = digest }
        return files
    }

    /// Puts these rows in place of all others.
    static func replace(with files: CreatedFiles, in connection: SQLiteConnection) throws(StorageError) {
        try connection.run("DELETE FROM cli_files")
        for (path, digest) in files.digests {
            try connection.run(
                "INSERT INTO cli_files (path, digest) VALUES (?, ?)", [.text(path), .text(digest)])
        }
    }
}

/// The gateway's own memory of the files it has made.
struct CreatedFilesDatabase: CreatedFilesMemory {
    let database: Database

    func load() async throws(CLISyncError) -> CreatedFiles {
        do throws(StorageError) {
            return try await database.read { (connection) throws(StorageError) in
                try CLIFileTable.all(in: connection)
            }
        } catch {
            throw .memory(error)
        }
    }

    func save(_ files: CreatedFiles) async throws(CLISyncError) {
        do throws(StorageError) {
            try await database.change { (connection) throws(StorageError) in
                try CLIFileTable.replace(with: files, in: connection)
            }
        } catch {
            throw .memory(error)
        }
    }
}
