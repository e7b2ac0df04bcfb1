import Platform
import Synchronization

/// The state database on a thread of its own. Nothing on the event loop waits for the disk; nothing on a request's path
/// waits for this actor.
actor Database {
    private nonisolated let executor: ThreadExecutor
    private let folder: StateFolder
    private let reserve: DiskReserve
    /// Nil once the database is closed.
    private var connection: SQLiteConnection?
    /// The backup that replaced a damaged file at this start, for the status.
    nonisolated let restoredFrom: String?
    /// The data folder, without symbolic links in it.
    nonisolated let folderPath: String
    /// Where the other database of the folder belongs.
    nonisolated let telemetryPath: String
    private nonisolated let lacksRoom = Atomic(false)

    /// The disk is so full that changes are refused; what the gateway itself must keep still has room.
    nonisolated var isLow: Bool { lacksRoom.load(ordering: .relaxed) }
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private var backups: StateBackups { StateBackups(folder: folder.backupsPath) }

    /// Locks the data folder and opens state.db. Blocks: it belongs to the start of the process, before the first client.
    ///
    /// - Throws: what `StateFolder` and `StateFile` throw; each is the end of the start.
    init(dataDirectory: String) throws(StorageError) {
        folder = try StateFolder(dataDirectory)
        folderPath = folder.path
        telemetryPath = folder.telemetryPath
        reserve = DiskReserve(path: folder.reservePath)
        let file = StateFile(path: folder.databasePath, backups: StateBackups(folder: folder.backupsPath))
        let opened = try Self.open(file, reserve)
        connection = opened.connection
        restoredFrom = opened.restoredFrom
        executor = ThreadExecutor(name: "database")
        noteReserve(isHeld: reserve.take())
    }

    /// Opening needs some room itself.
    private static func open(_ file: StateFile, _ reserve: DiskReserve) throws(StorageError) -> StateFile.Opened {
        do throws(StorageError) {
            return try file.open(now: WallClock.unixSeconds)
        } catch  where error == .full {
            guard reserve.giveUp() else { throw error }
            return try file.open(now: WallClock.unixSeconds)
        }
    }

    /// Reads what one call of `body` reads.
    func read<T: Sendable>(
        _ body: @Sendable (SQLiteConnection) throws(StorageError) -> T
    ) throws(StorageError) -> T {
        try body(try open())
    }

    /// Runs `body` in one transaction; once this returns, its changes survive a power loss. For what the gateway itself must
    /// keep: on a full disk the reserve is given up for it.
    func write<T: Sendable>(
        _ body: @Sendable (SQLiteConnection) throws(StorageError) -> T
    ) throws(StorageError) -> T {
        let connection = try open()
        do throws(StorageError) {
            return try connection.transaction(body)
        } catch {
            guard error == .full else { throw error }
            makeRoom(connection)
            let result = try connection.transaction(body)
            takeReserve()
            return result
        }
    }

    /// As `write`, for what somebody wishes to change: it must leave the reserve alone.
    ///
    /// - Throws: `.full` when the disk has no more room than the reserve; nothing is changed then.
    func change<T: Sendable>(
        _ body: @Sendable (SQLiteConnection) throws(StorageError) -> T
    ) throws(StorageError) -> T {
        let connection = try open()
        var attempts = 0
        // Once more when bringing the journal in has made room.
        while attempts < 2, takeReserve() {
            attempts += 1
            do throws(StorageError) {
                return try connection.transaction(body)
            } catch {
                guard error == .full else { throw error }
                makeRoom(connection)
            }
        }
        noteReserve(isHeld: false)
        throw .full
    }

    /// Makes a backup if the newest one is older than a day and there is room.
    ///
    /// - Parameter isFirst: there may be none yet; false: then none is made.
    func backUpDaily(now: Int, isFirst: Bool) throws(StorageError) {
        guard let newest = backups.newestTime ?? (isFirst ? .min : nil), now - 86_400 >= newest else { return }
        guard takeReserve() else { throw .full }
        try backups.make(of: try open(), now: now)
    }

    /// The state as the bytes of a file, with everything that was acknowledged. Needs no room on the disk.
    func image() throws(StorageError) -> [UInt8] { try open().image() }

    /// Seconds since 1970 at which the newest backup was made; nil: there is none.
    func newestBackupTime() -> Int? { backups.newestTime }

    /// Returns when the thread has taken a turn: the watchdog asks whether it still does.
    func takeTurn() {}

    /// Brings everything into the one file and closes it; later calls are refused.
    func close() { connection = nil }

    private func open() throws(StorageError) -> SQLiteConnection {
        guard let connection else { throw .closed }
        return connection
    }

    // MARK: Room on the disk

    /// Takes the reserve again if there is room for it.
    ///
    /// - Returns: whether it is held.
    @discardableResult func takeReserve() -> Bool {
        let isHeld = reserve.take()
        noteReserve(isHeld: isHeld)
        return isHeld
    }

    /// Gives the reserve up and brings the journal into the database with it, which may make room for both.
    private func makeRoom(_ connection: SQLiteConnection) {
        _ = reserve.giveUp()
        // What fails here fails again where it matters.
        _ = try? connection.integer("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    private nonisolated func noteReserve(isHeld: Bool) {
        guard lacksRoom.exchange(!isHeld, ordering: .relaxed) == isHeld else { return }
        if isHeld {
            Log.notice("storage-roomy", "there is room again on the disk of the data folder")
        } else {
            Log.error(
                "storage-full", "no room on the disk of the data folder: changes are refused until there is some",
                ["path": reserve.path])
        }
    }
}
