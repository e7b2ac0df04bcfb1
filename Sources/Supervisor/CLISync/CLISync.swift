import Glibc

/// Points the clients of one home folder at an address, and back. Everything here blocks on the disk.
nonisolated struct CLISync: Sendable {
    let home: HomeFolder

    /// A file that was left alone although it is to be changed.
    struct Skipped: Sendable, Equatable {
        let name: String
        let reason: String
    }

    struct Plan: Sendable {
        let changes: [FileChange]
        let skipped: [Skipped]
        /// Which files will have been made here.
        let created: CreatedFiles

        /// Writes all of it or nothing.
        func commit() throws(CLISyncError) -> Outcome {
            let backups = try FileTransaction.run(changes)
            return Outcome(written: changes.filter(\.isNeeded).map(\.path), backups: backups, skipped: skipped)
        }
    }

    struct Outcome: Sendable, Equatable {
        var written: [String] = []
        var backups: [String] = []
        var restored: [String] = []
        var removed: [String] = []
        var skipped: [Skipped] = []
    }

    /// A file's content before it is written.
    struct Preview: Sendable, Equatable {
        let name: String
        let path: String
        let content: [UInt8]
    }

    // MARK: Sync

    /// What there is to write. Changes nothing.
    ///
    /// - Parameters:
    ///   - created: the files that were made here until now.
    ///   - existingOnly: make no file.
    func plan(
        _ app: CLIApp, _ target: CLITarget, created: CreatedFiles, existingOnly: Bool = false
    ) throws(CLISyncError) -> Plan {
        var created = created
        var changes: [FileChange] = []
        var skipped: [Skipped] = []
        for file in app.files {
            let path = home.path(of: file)
            let old = try home.read(file)
            if old == nil, existingOnly || file.isChangedOnly { continue }
            guard home.isOwn(folderOf: file) else {
                throw .unusable(path: path, why: "its folder belongs to another user than the home")
            }
            let new = try Self.content(file, old?.bytes, target, path)
            let hasRoom = !file.isDispensable || access(home.folder(of: file), W_OK) == 0
            guard hasRoom || old?.bytes == new else {
                skipped.append(Skipped(name: file.name, reason: "its folder cannot be written"))
                continue
            }
            let isOwn = created.note(path, old: old?.bytes, new: new)
            let needsBackup = hasRoom && !isOwn ? !(try hasBackup(path)) : false
            changes.append(FileChange(file: file, path: path, old: old, new: new, needsBackup: needsBackup))
        }
        return Plan(changes: changes, skipped: skipped, created: created)
    }

    /// The contents as `plan` would write them, also where nothing can be written.
    ///
    /// - Parameter home: nil: as for a home in which nothing is.
    static func preview(_ app: CLIApp, _ target: CLITarget, home: HomeFolder?) throws(CLISyncError) -> [Preview] {
        var previews: [Preview] = []
        for file in app.files {
            let old = try home?.read(file)
            if old == nil, file.isChangedOnly { continue }
            let path = home?.path(of: file) ?? "~/\(file.place)"
            previews.append(
                Preview(name: file.name, path: path, content: try content(file, old?.bytes, target, path)))
        }
        return previews
    }

    static func content(
        _ file: CLIFile, _ old: [UInt8]?, _ target: CLITarget, _ path: String
    ) throws(CLISyncError) -> [UInt8] {
        do throws(CLIFileFault) {
            return try file.content(old, for: target)
        } catch {
            throw .unusable(path: path, why: error.why)
        }
    }

    // MARK: Backups

    func hasBackup(_ app: CLIApp) -> Bool {
        // What is in a backup's place and is none counts as none.
        app.files.contains { (try? hasBackup(home.path(of: $0))) ?? false }
    }

    func hasBackup(_ path: String) throws(CLISyncError) -> Bool {
        let backup = FileChange.backupPath(path)
        var status = stat()
        guard lstat(backup, &status) == 0 else { return false }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unusable(path: path, why: "what is in the place of its backup, \(backup), is no plain file")
        }
        return true
    }
}
