import Platform

/// Takes over the editor's login while the operator wants it (`auto_sync`): looks every `sync_interval` seconds, at a
/// file on this machine, and asks Google only about a login that no account has.
final class EditorSync {
    private let config: ConfigStore
    private let reader: ImportReader
    private let importer: AccountImporter
    private let store: AccountStore
    private var timer: LoopTimer?
    private var isRunning = false
    /// The refresh token that could not be taken over, and when it may be tried again: never, if Google refuses it.
    private var failed: (token: String, until: MonotonicInstant?)?

    /// Trouble on the way to Google passes; until then the same login is left alone.
    static let retryInterval = Duration.seconds(60)

    init(config: ConfigStore, reader: ImportReader, importer: AccountImporter, store: AccountStore) {
        self.config = config
        self.reader = reader
        self.importer = importer
        self.store = store
    }

    func start() {
        timer = LoopTimer { [weak self] in self?.look() }
        plan()
    }

    func stop() {
        timer?.cancel()
        timer = nil
    }

    /// Called again when the configuration is another one.
    func plan() {
        guard let timer, !isRunning else { return }
        guard let interval = config.current.editorSyncInterval else { return timer.cancel() }
        timer.set(after: interval)
    }

    private func look() {
        isRunning = true
        Task {
            await sync()
            isRunning = false
            plan()
        }
    }

    private func mayTry(_ token: String) -> Bool {
        guard let failed, failed.token == token else { return true }
        return failed.until.map { $0 <= .now } ?? false
    }

    /// A missing or unreadable database says nothing: the editor may be writing it.
    private func sync() async {
        guard let source = try? await reader.readEditor(), let login = source.logins.first,
            mayTry(login.refreshToken),
            !store.accounts.contains(where: { $0.token?.refreshToken == login.refreshToken })
        else { return }
        let outcome = await importer.run(source, keepsUnchecked: false)
        guard let failure = outcome.failures.first else {
            failed = nil
            return Log.notice(
                "account-synced", "the editor's login was taken over",
                ["account": outcome.imported.first?.shortID ?? ""])
        }
        let isFinal = failure.error.code == .invalidGrant
        failed = (login.refreshToken, isFinal ? nil : .now + Self.retryInterval)
        Log.warning("account-not-synced", "the editor's login cannot be used", ["reason": failure.error.message])
    }
}
