/// One step of a database's schema. Shipped steps are frozen; a change is a new step at the end.
nonisolated struct Migration: Sendable {
    /// The `user_version` of the file once the step is done; steps are numbered from 1 without a gap.
    let number: Int
    let name: String
    let sql: String
}

/// Brings a database to the version the program knows.
nonisolated enum Migrator {
    /// Runs every step above the file's version, each in a transaction that also sets the version: a step that is killed
    /// at any statement leaves nothing behind and runs again at the next start.
    static func migrate(_ connection: SQLiteConnection, _ steps: [Migration]) throws(StorageError) {
        precondition(steps.map(\.number) == Array(1...steps.count), "steps are numbered from 1 without a gap")
        let version = try connection.integer("PRAGMA user_version") ?? 0
        guard version <= steps.count else { throw .newerVersion(found: version, known: steps.count) }
        for step in steps where step.number > version {
            try connection.transaction { (connection) throws(StorageError) in
                try connection.script(step.sql)
                try connection.script("PRAGMA user_version = \(step.number)")
            }
        }
    }
}
