import Glibc

/// One file of a client and what it is to hold.
nonisolated struct FileChange: Sendable {
    let file: CLIFile
    let path: String
    /// nil: there is none yet.
    let old: HomeFolder.Found?
    let new: [UInt8]
    /// The file has no backup yet, and is not one that was made here.
    let needsBackup: Bool

    var isNeeded: Bool { old?.bytes != new }

    static func backupPath(_ path: String) -> String { path + ".antigravity.bak" }
}

/// Several files changed together or not at all: everything that can fail for want of room or rights is done before the
/// first of them is replaced, and what was done is undone if one cannot be.
nonisolated struct FileTransaction {
    private enum Step {
        case madeFolder(String)
        case madeFile(String)
        case wrote(FileReplacement)
        case replaced(FileChange)
    }

    private var steps: [Step] = []
    private var backups: [String] = []

    /// - Returns: the paths of the backups that were made.
    static func run(_ changes: [FileChange]) throws(CLISyncError) -> [String] {
        var transaction = FileTransaction()
        do throws(CLISyncError) {
            for change in changes where change.needsBackup { try transaction.backUp(change) }
            let needed = changes.filter(\.isNeeded)
            var replacements: [FileReplacement] = []
            for change in needed { replacements.append(try transaction.prepare(change)) }
            for (change, replacement) in zip(needed, replacements) { try transaction.replace(change, replacement) }
            return transaction.backups
        } catch {
            transaction.undo()
            throw error
        }
    }

    /// Keeps the file as it is, beside it and under the mode and owner it has.
    private mutating func backUp(_ change: FileChange) throws(CLISyncError) {
        guard let old = change.old else { return }
        let path = FileChange.backupPath(change.path)
        let copy = try FileReplacement(of: path, bytes: old.bytes, like: old)
        steps.append(.wrote(copy))
        try copy.commitNew()
        steps.append(.madeFile(path))
        backups.append(path)
    }

    private mutating func prepare(_ change: FileChange) throws(CLISyncError) -> FileReplacement {
        if change.old == nil, change.file.folder != nil { try makeFolder(of: change) }
        let target = change.old?.target ?? change.path
        let replacement = try FileReplacement(of: target, bytes: change.new, like: change.old)
        steps.append(.wrote(replacement))
        return replacement
    }

    /// The client's own folder; never the home.
    private mutating func makeFolder(of change: FileChange) throws(CLISyncError) {
        let folder = String(change.path.dropLast(change.file.name.count + 1))
        guard mkdir(folder, 0o700) == 0 else {
            if errno == EEXIST { return }
            throw .writing(folder, errno)
        }
        steps.append(.madeFolder(folder))
        var home = stat()
        if geteuid() == 0, stat(String(folder.dropLast((change.file.folder?.count ?? 0) + 1)), &home) == 0 {
            guard chown(folder, home.st_uid, home.st_gid) == 0 else { throw .writing(folder, errno) }
        }
        FileReplacement.syncFolder(of: folder)
    }

    private mutating func replace(_ change: FileChange, _ replacement: FileReplacement) throws(CLISyncError) {
        guard HomeFolder.isStill(change.old, change.path) else { throw .changing(path: change.path) }
        try change.old == nil ? replacement.commitNew() : replacement.commit()
        steps.append(.replaced(change))
    }

    /// Backwards. Where an old file cannot be put back its backup stays, and so does everything older.
    private func undo() {
        for step in steps.reversed() {
            switch step {
            case .madeFolder(let path): rmdir(path)
            case .madeFile(let path): unlink(path)
            case .wrote(let replacement): replacement.drop()
            case .replaced(let change):
                guard let old = change.old else {
                    unlink(change.path)
                    continue
                }
                // The first error is the one to tell; this one is answered by keeping the backup.
                guard let back = try? FileReplacement(of: old.target, bytes: old.bytes, like: old),
                    (try? back.commit()) != nil
                else { return }
            }
        }
    }
}
