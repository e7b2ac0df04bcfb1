import Platform

/// The state database on a thread of its own. Nothing on the event loop waits for the disk; nothing on a request's path
/// waits for this actor.
actor Database {
    private nonisolated let executor: ThreadExecutor
    private let folder: StateFolder
    /// Nil once the database is closed.
    private var connection: SQLiteConnection?
    /// The backup that replaced a damaged file at this start, for the status.
    nonisolated let restoredFrom: String?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private var backups: StateBackups { StateBackups(folder: folder.backupsPath) }

    /// Locks the data folder and opens state.db. Blocks: it belongs to the start of the process, before the first client.
    ///
    /// - Throws: what `StateFolder` and `StateFile` throw; each is the end of the start.
    init(dataDirectory: String) throws(StorageError) {
        folder = try StateFolder(dataDirectory)
        let file = StateFile(path: folder.databasePath, backups: StateBackups(folder: folder.backupsPath))
        let opened = try file.open(now: WallClock.unixSeconds)
        connection = opened.connection
        restoredFrom = opened.restoredFrom
        executor = ThreadExecutor(name: "database")
    }

    /// Reads what one call of `body` reads.
    func read<T: Sendable>(
        _ body: @Sendable (SQLiteConnection) throws(StorageError) -> T
    ) throws(StorageError) -> T {
        try body(try open())
    }

    /// Runs `body` in one transaction; once this returns, its changes survive a power loss.
    func write<T: Sendable>(
        _ body: @Sendable (SQLiteConnection) throws(StorageError) -> T
    ) throws(StorageError) -> T {
        try open().transaction(body)
    }

    /// Makes a backup if the newest one is older than a day.
    func backUpDaily(now: Int) throws(StorageError) {
        if let newest = backups.newestTime, now - newest < 86_400 { return }
        try backups.make(of: try open(), now: now)
    }

    /// Returns when the thread has taken a turn: the watchdog asks whether it still does.
    func takeTurn() {}

    /// Brings everything into the one file and closes it; later calls are refused.
    func close() { connection = nil }

    private func open() throws(StorageError) -> SQLiteConnection {
        guard let connection else { throw .closed }
        return connection
    }
}
