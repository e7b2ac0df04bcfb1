import JSON

/// What became of a client's files, as the admin API and the operator's command tell it.
nonisolated enum CLISyncText {
    /// Where the homes are that a service does not see.
    static let homeHint = """
        As a service the gateway sees no homes: bind the client's folder by a drop-in (docs/admin-api.md, "Clients on this \
        machine"), run `antigravity-gateway cli-sync` as the client's user, or ask with dryRun and write the files yourself.
        """

    static func isKey(_ text: String) -> Bool { text.utf8.allSatisfy { (0x21...0x7E).contains($0) } }

    static func json(synced outcome: CLISync.Outcome) -> JSONValue {
        [
            "success": true, "written": texts(outcome.written), "backups": texts(outcome.backups),
            "skipped": json(outcome.skipped),
        ]
    }

    static func json(restored outcome: CLISync.Outcome) -> JSONValue {
        [
            "success": true, "restored": texts(outcome.restored), "removed": texts(outcome.removed),
            "skipped": json(outcome.skipped),
        ]
    }

    static func json(_ status: CLISyncDesk.Status, of app: CLIApp) -> JSONValue {
        [
            "installed": .bool(status.program != nil), "version": text(status.version),
            "is_synced": .bool(status.state.isSynced), "has_backup": .bool(status.hasBackup),
            "current_base_url": text(status.state.url), "files": texts(app.files.map(\.name)),
        ]
    }

    static func json(_ previews: [CLISync.Preview]) -> JSONValue {
        [
            "files": .array(
                previews.map { preview in
                    [
                        "name": .string(preview.name), "path": .string(preview.path),
                        "content": .string(String(decoding: preview.content, as: UTF8.self)),
                    ]
                })
        ]
    }

    // MARK: For people

    static func lines(_ outcome: CLISync.Outcome) -> [String] {
        let told = [
            ("written", outcome.written), ("backup", outcome.backups), ("restored", outcome.restored),
            ("removed", outcome.removed),
        ]
        let lines = told.flatMap { word, paths in paths.map { "\(word) \($0)" } }
        let left = outcome.skipped.map { "skipped \($0.name): \($0.reason)" }
        return lines.isEmpty && left.isEmpty ? ["nothing to do"] : lines + left
    }

    static func lines(_ status: CLISyncDesk.Status) -> [String] {
        [
            "program    \(status.program ?? "not found")\(status.version.map { ", version \($0)" } ?? "")",
            "points at  \(status.state.url ?? "nothing of its own")",
            "synced     \(status.state.isSynced ? "yes" : "no")",
            "backup     \(status.hasBackup ? "yes" : "no")",
        ]
    }

    /// The files one after the other, each under its path.
    static func lines(_ previews: [CLISync.Preview]) -> [String] {
        previews.flatMap { preview in
            ["==> \(preview.path)", String(decoding: preview.content, as: UTF8.self)]
        }
    }

    private static func json(_ skipped: [CLISync.Skipped]) -> JSONValue {
        .array(skipped.map { ["name": .string($0.name), "reason": .string($0.reason)] })
    }

    private static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    private static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
