import GoogleAPI
import IPC
import Platform
import Scheduling
import Transport

/// Everything of the supervisor that is not connections and processes: state, configuration, accounts, leases, admin API.
/// Made whole at start, from the settings alone.
final class ControlPlane {
    let config: ConfigStore
    let leases: LeaseDesk
    let signatures: SignatureStore
    let traffic: TrafficLog
    let admin: AdminServer
    let tunnel: Tunnel

    private let database: Database
    private let telemetry: Telemetry
    private let schedule: ScheduleKeeper
    private let control: ControlSocket
    private let accounts: AccountStore
    private let calls: GoogleCalls
    private let tokens: TokenKeeper
    private let quota: QuotaReader
    private let adder: AccountAdder
    private let housekeeping: Housekeeping
    private let takeover: TrafficTakeover
    private let quotaTimetable: QuotaTimetable
    private let editorSync: EditorSync
    private let warmups = WarmupDesk()
    private let warmup: QuotaWarmup
    private let facts: ServiceFacts

    /// How long requests for leases and the admin API wait for what was kept over a restart.
    static let restoreWaitMax = Duration.seconds(1)

    /// What a reload does; set once there are workers.
    var reload: (() async throws -> Void)? {
        get { facts.reload }
        set { facts.reload = newValue }
    }

    /// Where the gateway listens; set by whoever opens the listeners, before the first snapshot is taken.
    var listener: ListenerFacts {
        get { facts.listener }
        set {
            facts.listener = newValue
            config.listenersOpened(newValue)
        }
    }

    /// Locks the data folder, opens the state and reads it. Blocks while it does: nobody is served before.
    ///
    /// - Throws: one line for the log; the process ends with exit status 78.
    static func open(_ settings: Settings) async throws(StartupError) -> ControlPlane {
        if !settings.unknownVariables.isEmpty {
            Log.warning(
                "unknown-variables", "variables with our prefix that no setting reads",
                ["names": settings.unknownVariables.joined(separator: " ")])
        }
        let database: Database
        let accounts: AccountStore
        do throws(StorageError) {
            database = try Database(dataDirectory: settings.dataDirectory)
            try await FirstStart.run(database, home: settings.home)
            accounts = try await AccountStore.load(database)
        } catch { throw .storage(error) }
        let config = try await ConfigStore.load(database, settings)
        config.isAccount = { [accounts] in accounts[$0] != nil }
        await config.forgetUnknownPreference()
        return ControlPlane(settings, database, config, accounts)
    }

    private init(_ settings: Settings, _ database: Database, _ config: ConfigStore, _ accounts: AccountStore) {
        self.database = database
        telemetry = Telemetry(path: database.telemetryPath)
        signatures = SignatureStore(telemetry)
        traffic = TrafficLog(telemetry, email: { accounts.email(of: $0) })
        self.config = config
        self.accounts = accounts
        let client = settings.oauthClient
        if client == nil {
            Log.warning(
                "oauth-client-missing",
                "ANTIGRAVITY_OAUTH_CLIENT_ID and _SECRET are not set: accounts cannot be added, tokens not refreshed")
        }
        facts = ServiceFacts(
            listener: ListenerFacts(
                port: config.current.port, isLoopbackOnly: !config.current.listensBeyondLoopback))
        facts.storage = { [telemetry] in
            StorageFacts(
                isFull: database.isLow, restoredFrom: database.restoredFrom, isTelemetryEmptied: telemetry.isEmptied,
                isTelemetryRefused: telemetry.isRefused)
        }
        calls = GoogleCalls(options: GoogleCalls.Options(config))
        tokens = TokenKeeper(store: accounts, calls: calls, client: client)
        let projects = ProjectFinder(calls: calls)
        quota = QuotaReader(store: accounts, calls: calls, tokens: tokens, projects: projects)
        config.models = quota.models
        let refresh = QuotaRefresh(store: accounts, quota: quota)
        let leases = LeaseDesk(
            store: accounts, credentials: CredentialDesk(store: accounts, tokens: tokens, projects: projects),
            settings: SchedulerSettings(config))
        self.leases = leases
        schedule = ScheduleKeeper(telemetry, leases: leases)
        housekeeping = Housekeeping(database: database)
        takeover = TrafficTakeover(
            database, telemetry, secrets: LiteralSecrets(own: config.current, client: client),
            scratch: database.folderPath + "/takeover")
        quotaTimetable = QuotaTimetable(config: config, refresh: refresh)
        warmup = QuotaWarmup(store: accounts, config: config, database: database, refresh: refresh, desk: warmups)
        adder = AccountAdder(store: accounts, calls: calls, projects: projects, quota: quota, client: client)
        adder.missingSettings = settings.missingOAuthSettings
        let login = LoginDesk(
            adder: adder, store: accounts, calls: calls, facts: facts, publicURL: settings.publicURL)
        tunnel = Tunnel(
            Tunnel.Surroundings(
                config: config, folder: TunnelFolder(besides: settings.controlPath),
                finder: CloudflaredFinder(
                    dataDirectory: database.folderPath, environment: settings.childEnvironment),
                environment: settings.childEnvironment,
                keeperEnvironment: WorkerEnvironment.select(from: settings.childEnvironment)
                    + ["ANTIGRAVITY_LOG_LEVEL=\(settings.logLevel)"],
                port: { [facts] in facts.listener.port }))
        let installer = CloudflaredInstaller(finder: tunnel.around.finder)
        let reader = ImportReader(home: settings.home, scratch: database.folderPath + "/import")
        let importer = AccountImporter(adder: adder, store: accounts)
        editorSync = EditorSync(config: config, reader: reader, importer: importer, store: accounts)
        let accountsAPI = AccountsAPI(store: accounts, adder: adder, leases: leases)
        admin = AdminServer(
            config: config, facts: facts,
            routes: AdminRoutes.all(
                AdminRoutes.Handlers(
                    health: HealthAPI(facts: facts),
                    accounts: accountsAPI,
                    care: AccountCareAPI(
                        store: accounts, removal: AccountRemoval(store: accounts, config: config),
                        switching: AccountSwitch(store: accounts, tokens: tokens, leases: leases)),
                    quota: QuotaAPI(store: accounts, quota: quota, refresh: refresh),
                    login: LoginAPI(login: login, accounts: accountsAPI, store: accounts),
                    warmup: WarmupAPI(store: accounts, quota: quota, warmup: warmup),
                    imports: ImportsAPI(
                        reader: reader, importer: importer, accounts: accountsAPI, store: accounts),
                    devices: DevicesAPI(
                        devices: DeviceBook(
                            store: accounts, database: database, editor: EditorStorage(home: settings.home))),
                    config: ConfigAPI(config: config),
                    proxy: ProxyAPI(config: config, store: accounts, facts: facts, leases: leases),
                    control: ProxyControlAPI(config: config, store: accounts, leases: leases),
                    tunnel: TunnelAPI(tunnel: tunnel, installer: installer, config: config),
                    logs: LogsAPI(traffic: traffic, config: config), stats: StatsAPI(traffic: traffic),
                    clients: CLISyncAPI(
                        desk: CLISyncDesk(
                            home: settings.home, dataFolder: database.folderPath, searchPath: settings.searchPath,
                            memory: CreatedFilesDatabase(database: database)),
                        config: config, facts: facts, publicURL: settings.publicURL),
                    system: SystemAPI(dataDirectory: database.folderPath),
                    metrics: MetricsAPI(leases: leases, signatures: signatures, traffic: traffic, facts: facts))),
            local: AdminRoutes.local(
                backup: BackupAPI(database: database),
                doctor: DoctorAPI(
                    store: accounts, adder: adder, database: database, traffic: traffic, facts: facts)))
        control = ControlSocket(path: settings.controlPath) { [admin] connection, head in
            await admin.serve(connection, head, by: .controlSocket)
        }
        admin.untilReady = { [leases] in await leases.untilRestored() }
        admin.onStopping = { [feed = traffic.feed, tunnel] in
            feed.end()
            installer.cancel()
            tunnel.prepareToStop()
        }
        facts.tunnelURL = { [unowned tunnel] in tunnel.url }
        facts.hasTunnelFailed = { [unowned tunnel] in tunnel.hasFailed }
    }

    /// Begins the background work; from here on workers get answers.
    ///
    /// - Parameter send: puts a message into the channel of a worker process, named by its serial number.
    func start(workers: any WorkerDirectory, send: @escaping (Int, any IPCMessage) -> Void) {
        facts.workers = workers
        leases.send = send
        leases.warmups = warmups
        warmups.send = send
        warmups.worker = { [facts] in facts.workers?.idlest }
        leases.keys = KeyKeeper(store: accounts, calls: calls)
        leases.readQuota = { [quota] id in await quota.probe(id) }
        accounts.onChange = { [leases] in leases.accountsChanged() }
        config.onChange = { [weak self] in await self?.configurationChanged() }
        quota.onModelsChange = { [weak self] in self?.modelsChanged() }
        applyConfiguration()
        quota.protection = config.protection
        leases.start()
        control.open()
        openTelemetry()
        tokens.start()
        housekeeping.start()
        quotaTimetable.start()
        editorSync.start()
        warmup.start()
    }

    /// Opens the database of what may be lost. Nothing of the start waits for it, whatever its size and state; the first
    /// requests for leases do for a moment, since accounts that were locked still are.
    private func openTelemetry() {
        leases.awaitRestore(atMost: Self.restoreWaitMax)
        Task { [telemetry, schedule, takeover, traffic] in
            await telemetry.open()
            await schedule.restore()
            await traffic.check()
            await takeover.run()
        }
        signatures.start()
        traffic.start()
    }

    /// Ends the background work and closes the databases.
    func stop() async {
        control.close()
        await tunnel.shutDown()
        leases.stop()
        tokens.stop()
        housekeeping.stop()
        quotaTimetable.stop()
        editorSync.stop()
        warmup.stop()
        takeover.stop()
        await schedule.stop()
        await signatures.stop()
        await traffic.stop()
        await telemetry.close()
        await database.close()
    }

    /// Puts the secrets of another reading of the environment into force, for the workers too.
    func takeSecrets(of reread: Settings) async {
        config.takeSecrets(of: reread)
        tokens.client = reread.oauthClient
        adder.client = reread.oauthClient
        adder.missingSettings = reread.missingOAuthSettings
        await configurationChanged()
    }

    /// Returns when the database's thread has taken a turn.
    func databaseTick() async { await database.takeTurn() }

    /// In force before whoever changed it is answered: in the supervisor at once, for the workers when every channel has
    /// taken the snapshot.
    private func configurationChanged() async {
        applyConfiguration()
        await quota.protect(config.protection)
        quotaTimetable.look()
        editorSync.plan()
        tunnel.configurationChanged()
        await facts.workers?.publish(config.snapshotBytes())
    }

    private func applyConfiguration() {
        calls.change(to: GoogleCalls.Options(config))
        traffic.isEnabled = config.current.recordsRequests
        traffic.secrets = LiteralSecrets(own: config.current, client: tokens.client)
        signatures.isEnabled = config.current.remembersSignatures
        leases.change(to: SchedulerSettings(config))
        leases.terms = CredentialDesk.Terms(
            exposesAccount: config.current.exposesAccount, egressProxy: config.current.upstreamProxy)
    }

    private func modelsChanged() {
        config.models = quota.models
        guard let workers = facts.workers else { return }
        Task { await workers.publish(config.snapshotBytes()) }
    }
}

extension GoogleCalls.Options {
    /// The configuration's part in outgoing calls.
    init(_ config: ConfigStore) {
        let current = config.current
        self.init(
            addresses: config.addresses, userAgent: config.userAgent,
            client: ClientOptions(
                caFile: current.certificateFile ?? ClientOptions.defaultCAFile, proxy: current.upstreamProxy,
                http2: current.usesHTTP2, connectionsMax: 16))
    }
}

extension SchedulerSettings {
    /// The configuration's part in scheduling.
    init(_ config: ConfigStore) {
        self = config.current.scheduling
        endpointCount = config.addresses.codeAssistBases.count
    }
}
