import JSON
import Platform
import Scheduling

/// Begins quota windows that have not begun: one small request for each model that is at 100 %, by itself every ten minutes
/// if the operator wants it, or on his word.
final class QuotaWarmup {
    /// What a run by hand begins.
    nonisolated enum Begun: Sendable, Equatable {
        case noAccounts
        /// No model is at 100 %.
        case nothing
        /// All of them were done lately.
        case allDone(Int)
        case models(Int)
    }

    private let store: AccountStore
    private let config: ConfigStore
    private let database: Database
    private let refresh: QuotaRefresh
    private let desk: WarmupDesk
    private var marks = WarmupMarks()
    private var areMarksRead = false
    private var timer: LoopTimer?

    static let interval = Duration.seconds(600)
    static let batchMax = 3
    static let batchPause = Duration.seconds(2)
    /// What runs by hand warm up.
    static let manualModels = ["gemini-3-flash", "claude-sonnet-4-5", "gemini-3-pro-high", "gemini-3-pro-image"]

    init(store: AccountStore, config: ConfigStore, database: Database, refresh: QuotaRefresh, desk: WarmupDesk) {
        self.store = store
        self.config = config
        self.database = database
        self.refresh = refresh
        self.desk = desk
    }

    func start() {
        timer = LoopTimer { [weak self] in self?.look() }
        timer?.set(after: Self.interval)
    }

    func stop() {
        timer?.cancel()
        timer = nil
    }

    private func look() {
        timer?.set(after: Self.interval)
        let warmup = config.current.warmup
        guard warmup.isEnabled else { return }
        Task {
            _ = await refresh.run()
            await readMarks()
            await run(choose(store.accounts, warmup.models).fresh)
        }
    }

    /// Warms up every account of the pool; the requests go on after the return.
    func runAll() async -> Begun {
        guard store.accounts.contains(where: Self.canServe) else { return .noAccounts }
        _ = await refresh.run()
        await readMarks()
        let (all, fresh) = choose(store.accounts, Self.manualModels)
        guard !all.isEmpty else { return .nothing }
        guard !fresh.isEmpty else { return .allDone(all.count) }
        Task { await run(fresh) }
        return .models(fresh.count)
    }

    /// Warms up one account whose quota has just been read, whatever was done lately.
    func run(_ account: Account) async -> Begun {
        await readMarks()
        let items = choose([account], Self.manualModels).all
        guard !items.isEmpty else { return .nothing }
        Task { await run(items) }
        return .models(items.count)
    }

    private static func canServe(_ account: Account) -> Bool { account.kind == .codeAssist && account.isPooled }

    private func choose(
        _ accounts: [Account], _ models: [String]
    ) -> (all: [WarmupMarks.Item], fresh: [WarmupMarks.Item]) {
        let now = WallClock.unixSeconds
        marks.forgetOld(now: now)
        let keys = config.current.scheduling.quotaKeys
        let all = accounts.filter(Self.canServe).flatMap {
            marks.untouched(of: $0, wanted: models, keys: keys)
        }
        return (all, all.filter { !marks.isDone($0, now: now) })
    }

    private func run(_ items: [WarmupMarks.Item]) async {
        guard !items.isEmpty else { return }
        for begin in stride(from: 0, to: items.count, by: Self.batchMax) {
            // Only cancellation throws, and nobody cancels this.
            if begin > 0 { try? await Task.sleep(for: Self.batchPause) }
            let batch = items[begin..<min(begin + Self.batchMax, items.count)]
            await withTaskGroup(of: Void.self) { group in
                for item in batch { group.addTask { await self.warmUp(item) } }
            }
        }
        await storeMarks()
        _ = await refresh.run()
    }

    private func warmUp(_ item: WarmupMarks.Item) async {
        guard await desk.run(account: item.account, model: item.model) else { return }
        marks.note(item, now: WallClock.unixSeconds)
    }

    private func readMarks() async {
        guard !areMarksRead else { return }
        // Marks that cannot be read or are no JSON are none: the worst is one small request too many.
        let text = try? await database.read { (connection) throws(StorageError) in
            try MetaTable.value(.warmups, in: connection)
        }
        if !areMarksRead, let text, let value = try? JSONValue(parsing: Array(text.utf8)) { marks = WarmupMarks(value) }
        areMarksRead = true
    }

    private func storeMarks() async {
        let text = String(decoding: marks.json.serialized, as: UTF8.self)
        do throws(StorageError) {
            try await database.change { (connection) throws(StorageError) in
                try MetaTable.set(.warmups, to: text, in: connection)
            }
        } catch {
            Log.warning("warmups-not-stored", "what was warmed up is not stored", ["reason": error])
        }
    }
}
