import Platform
import Scheduling

/// What runs in the background of the control plane: reading quota, a daily copy of the state, and its reserve on the disk.
final class Housekeeping {
    private let database: Database
    private let config: ConfigStore
    private let accounts: AccountStore
    private let quota: QuotaReader
    private var timer: LoopTimer?
    private var isReading = false
    private var quotaReadAt: [String: MonotonicInstant] = [:]
    /// Not at the start: a copy of a state that has just been made would be restored as an empty one.
    private var backupAskedAt = MonotonicInstant.now

    /// How often it looks whether something is due.
    static let lookInterval = Duration.seconds(60)
    static let backupLookInterval = Duration.seconds(3600)

    init(database: Database, config: ConfigStore, accounts: AccountStore, quota: QuotaReader) {
        self.database = database
        self.config = config
        self.accounts = accounts
        self.quota = quota
    }

    func start() {
        let timer = LoopTimer { [weak self] in self?.look() }
        self.timer = timer
        look()
    }

    func stop() {
        timer?.cancel()
        timer = nil
    }

    private func look() {
        timer?.set(after: Self.lookInterval)
        Task { await database.takeReserve() }
        if !isReading { Task { await readQuota() } }
        if MonotonicInstant.now - backupAskedAt >= Self.backupLookInterval {
            backupAskedAt = .now
            Task { await backUp() }
        }
    }

    /// Reads the quota of every account that has not been read since the start, and, when the operator wants it, of those
    /// read longer ago than the interval; one after the other.
    private func readQuota() async {
        isReading = true
        defer { isReading = false }
        let interval = Duration.seconds(60 * config.current.quotaReadMinutes)
        for account in accounts.accounts where account.kind == .codeAssist && account.isPooled {
            if let readAt = quotaReadAt[account.id] {
                guard config.current.readsQuota, MonotonicInstant.now - readAt >= interval else { continue }
            }
            quotaReadAt[account.id] = .now
            _ = await quota.read(account.id)
        }
        quotaReadAt = quotaReadAt.filter { accounts[$0.key] != nil }
    }

    private func backUp() async {
        do throws(StorageError) {
            try await database.backUpDaily(now: WallClock.unixSeconds)
        } catch {
            Log.warning("backup-failed", "the state could not be copied", ["reason": error])
        }
    }
}
