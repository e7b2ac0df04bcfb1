import Scheduling

/// The rows of what the scheduler keeps. `wall` is the moment, in milliseconds since 1970, from which a `SavedSchedule`
/// counts.
nonisolated enum ScheduleTables {
    /// Puts the accounts in place of those that are stored.
    static func replace(
        _ accounts: [SavedSchedule.Account], wall: Int, in connection: SQLiteConnection
    ) throws(StorageError) {
        for table in ["account_states", "cells", "ladders", "model_cells"] {
            try connection.run("DELETE FROM \(table)")
        }
        for account in accounts {
            try insert(account, wall, connection)
            for cell in account.cells { try insert(cell, of: account.id, wall, connection) }
            for model in account.models { try insert(model, of: account.id, wall, connection) }
        }
    }

    private static func insert(
        _ account: SavedSchedule.Account, _ wall: Int, _ connection: SQLiteConnection
    ) throws(StorageError) {
        let url: String? = if case .validation(_, let url) = account.state { url } else { nil }
        try connection.run(
            "INSERT INTO account_states VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(account.id), .text(account.state.word),
                .optional(account.state.until.map { wall + $0.milliseconds }), .optional(url),
                .integer(account.stateCount), .integer(wall + account.stateRemembersFor),
                .optional(account.probeIn.map { wall + $0 }), .integer(account.health),
            ])
    }

    private static func insert(
        _ cell: SavedSchedule.Cell, of account: String, _ wall: Int, _ connection: SQLiteConnection
    ) throws(StorageError) {
        try connection.run(
            "INSERT INTO cells VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                .text(account), .text(cell.key), .integer(cell.lock), .integer(wall + cell.endsIn),
                .integer(wall - cell.age), .optional(cell.reason.map { "\($0)" }), .flag(cell.isProbing),
            ])
        for ladder in cell.ladders {
            try connection.run(
                "INSERT INTO ladders VALUES (?, ?, ?, ?, ?)",
                [
                    .text(account), .text(cell.key), .text(ladder.kind), .integer(ladder.count),
                    .integer(wall + ladder.remembersFor),
                ])
        }
    }

    private static func insert(
        _ model: SavedSchedule.Model, of account: String, _ wall: Int, _ connection: SQLiteConnection
    ) throws(StorageError) {
        try connection.run(
            "INSERT INTO model_cells VALUES (?, ?, ?, ?, ?)",
            [
                .text(account), .text(model.model), .integer(wall + model.endsIn), .integer(model.count),
                .integer(wall + model.remembersFor),
            ])
    }

    static func apply(
        _ changes: SavedSchedule.BindingChanges, wall: Int, in connection: SQLiteConnection
    ) throws(StorageError) {
        if changes.isWhole { try connection.run("DELETE FROM bindings") }
        for number in changes.gone + changes.kept.map(\.number) where !changes.isWhole {
            try connection.run("DELETE FROM bindings WHERE number = ?", [.integer(number)])
        }
        for binding in changes.kept {
            for name in binding.names {
                try connection.run(
                    "INSERT OR REPLACE INTO bindings VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [
                        .text(name.apiKeyID), .text(name.session), .text(name.key), .integer(binding.number),
                        .text(binding.account), .optional(binding.detour), .integer(wall + binding.endsIn),
                    ])
            }
        }
    }
}
