import Scheduling

nonisolated extension ScheduleTables {
    /// What was stored, as it is at `wall`: times that have passed are 0, and none is further away than any lock can be,
    /// whatever the clock was when it was stored. Values nobody knows any more are passed over.
    static func load(wall: Int, in connection: SQLiteConnection) throws(StorageError) -> SavedSchedule {
        var saved = SavedSchedule()
        var cells = try loadCells(wall, connection)
        var models = try loadModels(wall, connection)
        saved.accounts = try connection.rows(
            """
            SELECT account, state, until, url, failures, remembered_until, probe_at, health FROM account_states
            ORDER BY account
            """
        ) { (row: borrowing SQLiteRow) throws(StorageError) in
            let id = row.text(0) ?? ""
            let until = row.integer(2).map { SchedulerInstant(milliseconds: left($0, wall)) }
            return SavedSchedule.Account(
                id: id, state: AccountState(word: row.text(1) ?? "", until: until, url: row.text(3)),
                stateCount: row.integer(4) ?? 0, stateRemembersFor: left(row.integer(5), wall),
                probeIn: row.integer(6).map { left($0, wall) }, health: row.integer(7) ?? 0,
                cells: cells.removeValue(forKey: id) ?? [], models: models.removeValue(forKey: id) ?? [])
        }
        saved.bindings = try loadBindings(wall, connection)
        return saved
    }

    private static func loadCells(
        _ wall: Int, _ connection: SQLiteConnection
    ) throws(StorageError) -> [String: [SavedSchedule.Cell]] {
        var ladders: [[String]: [SavedSchedule.Ladder]] = [:]
        _ = try connection.rows(
            "SELECT account, key, kind, failures, remembered_until FROM ladders WHERE remembered_until > ? ORDER BY kind",
            [.integer(wall)]
        ) { (row: borrowing SQLiteRow) throws(StorageError) in
            ladders[[row.text(0) ?? "", row.text(1) ?? ""], default: []].append(
                SavedSchedule.Ladder(
                    kind: row.text(2) ?? "", count: row.integer(3) ?? 0, remembersFor: left(row.integer(4), wall)))
        }
        var cells: [String: [SavedSchedule.Cell]] = [:]
        _ = try connection.rows(
            "SELECT account, key, lock, until, locked_at, reason, is_probing FROM cells ORDER BY key"
        ) { (row: borrowing SQLiteRow) throws(StorageError) in
            let (account, key) = (row.text(0) ?? "", row.text(1) ?? "")
            cells[account, default: []].append(
                SavedSchedule.Cell(
                    key: key, lock: row.integer(2) ?? 0, endsIn: left(row.integer(3), wall),
                    age: min(max(0, wall - (row.integer(4) ?? wall)), SavedSchedule.lockMax),
                    reason: AttemptClass.allCases.first { "\($0)" == row.text(5) }, isProbing: row.flag(6),
                    ladders: ladders[[account, key]] ?? []))
        }
        return cells
    }

    private static func loadModels(
        _ wall: Int, _ connection: SQLiteConnection
    ) throws(StorageError) -> [String: [SavedSchedule.Model]] {
        var models: [String: [SavedSchedule.Model]] = [:]
        _ = try connection.rows(
            "SELECT account, model, until, failures, remembered_until FROM model_cells ORDER BY model"
        ) { (row: borrowing SQLiteRow) throws(StorageError) in
            models[row.text(0) ?? "", default: []].append(
                SavedSchedule.Model(
                    model: row.text(1) ?? "", endsIn: left(row.integer(2), wall), count: row.integer(3) ?? 0,
                    remembersFor: left(row.integer(4), wall)))
        }
        return models
    }

    /// In the order of their last use, which is that of their ends.
    private static func loadBindings(
        _ wall: Int, _ connection: SQLiteConnection
    ) throws(StorageError) -> [SavedSchedule.Binding] {
        var bindings: [SavedSchedule.Binding] = []
        _ = try connection.rows(
            """
            SELECT number, api_key_id, session, key, account, detour, expires_at FROM bindings WHERE expires_at > ?
            ORDER BY expires_at, number
            """, [.integer(wall)]
        ) { (row: borrowing SQLiteRow) throws(StorageError) in
            let name = SavedSchedule.Name(
                apiKeyID: row.text(1) ?? "", session: row.text(2) ?? "", key: row.text(3) ?? "")
            guard let number = row.integer(0), bindings.last?.number != number else {
                return bindings[bindings.count - 1].names.append(name)
            }
            bindings.append(
                SavedSchedule.Binding(
                    number: number, names: [name], account: row.text(4) ?? "", detour: row.text(5),
                    endsIn: left(row.integer(6), wall)))
        }
        return bindings
    }

    private static func left(_ instant: Int?, _ wall: Int) -> Int {
        min(max(0, (instant ?? wall) - wall), SavedSchedule.lockMax)
    }
}

nonisolated extension AccountState {
    /// The state that was stored under its word; one that nobody knows is none.
    fileprivate init(word: String, until: SchedulerInstant?, url: String?) {
        let end = until ?? SchedulerInstant(milliseconds: 0)
        let states: [AccountState] = [
            .active, .authFailed(until: end), .validation(until: end, url: url), .forbidden(until: until),
            .needsReauthorisation,
        ]
        self = states.first { $0.word == word } ?? .active
    }
}
