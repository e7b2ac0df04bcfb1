import Platform

/// What the state needs in the background: a daily copy, and its reserve on the disk.
final class Housekeeping {
    private let database: Database
    private var timer: LoopTimer?
    /// The first of all is not made at the start: a copy of a state that has just been made would be restored as an empty
    /// one. A later one is, if it is due: a gateway that is started often would never have one.
    private var backupAskedAt = MonotonicInstant.now

    /// How often it looks whether something is due.
    static let lookInterval = Duration.seconds(60)
    static let backupLookInterval = Duration.seconds(3600)

    init(database: Database) { self.database = database }

    func start() {
        let timer = LoopTimer { [weak self] in self?.look() }
        self.timer = timer
        look()
        Task { await backUp(isFirst: false) }
    }

    func stop() {
        timer?.cancel()
        timer = nil
    }

    private func look() {
        timer?.set(after: Self.lookInterval)
        Task { await database.takeReserve() }
        if MonotonicInstant.now - backupAskedAt >= Self.backupLookInterval {
            backupAskedAt = .now
            Task { await backUp(isFirst: true) }
        }
    }

    private func backUp(isFirst: Bool) async {
        do throws(StorageError) {
            try await database.backUpDaily(now: WallClock.unixSeconds, isFirst: isFirst)
        } catch {
            Log.warning("backup-failed", "the state could not be copied", ["reason": error])
        }
    }
}
