import Glibc

nonisolated extension CLISync {
    /// Brings back what was there before the first sync: backups go to their places, files that were made here go. Where
    /// nothing of that is known, the files that exist are pointed at the client's own service.
    ///
    /// - Parameter created: what was made here; what has been dealt with is taken out.
    func restore(_ app: CLIApp, created: inout CreatedFiles) throws(CLISyncError) -> Outcome {
        var outcome = Outcome()
        var isKnown = false
        for file in app.files {
            let path = home.path(of: file)
            if try hasBackup(path) {
                isKnown = true
                try putBack(path)
                outcome.restored.append(path)
            } else if let digest = created.digests[path] {
                isKnown = true
                try takeBack(file, of: app, path, digest, &outcome)
            }
            created.digests[path] = nil
        }
        return isKnown ? outcome : try pointBack(app, created)
    }

    /// The backup becomes the file; where the file is a link, what that leads to.
    private func putBack(_ path: String) throws(CLISyncError) {
        let backup = FileChange.backupPath(path)
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK,
            let current = try home.read(path), let old = try home.read(backup)
        {
            try FileReplacement(of: current.target, bytes: old.bytes, like: old).commit()
            unlink(backup)
        } else {
            guard rename(backup, path) == 0 else { throw .writing(path, errno) }
        }
        FileReplacement.syncFolder(of: path)
    }

    /// A file that was made here goes, unless the client has written into it since: then it keeps that.
    private func takeBack(
        _ file: CLIFile, of app: CLIApp, _ path: String, _ digest: String, _ outcome: inout Outcome
    ) throws(CLISyncError) {
        guard let found = try home.read(file) else { return }
        guard CreatedFiles.digest(found.bytes) != digest else {
            guard unlink(path) == 0 else { throw .writing(path, errno) }
            FileReplacement.syncFolder(of: path)
            outcome.removed.append(path)
            return
        }
        do throws(CLISyncError) {
            let new = try Self.content(file, found.bytes, Self.ownTarget(of: app), path)
            let change = FileChange(file: file, path: path, old: found, new: new, needsBackup: false)
            _ = try FileTransaction.run([change])
            outcome.restored.append(path)
        } catch {
            guard case .unusable(_, let why) = error else { throw error }
            outcome.skipped.append(Skipped(name: file.name, reason: why))
        }
    }

    private func pointBack(_ app: CLIApp, _ created: CreatedFiles) throws(CLISyncError) -> Outcome {
        var outcome = try plan(app, Self.ownTarget(of: app), created: created, existingOnly: true).commit()
        (outcome.restored, outcome.written) = (outcome.written, [])
        return outcome
    }

    private static func ownTarget(of app: CLIApp) -> CLITarget { CLITarget(url: app.ownURL, key: "") }
}
